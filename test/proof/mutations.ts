/** Ways to break the analysis of frees: a piece of its sources that stands there once, and what takes its place. */
export interface Mutation {
  readonly name: string;
  readonly file: string;
  readonly find: string;
  readonly put: string;
}

export const MUTATIONS: readonly Mutation[] = [
  {
    name: 'functions return nothing',
    file: 'language/flow/body.ts',
    find: 'this.#program.graph.copy(node, this.#fn.result);',
    put: 'this.#program.graph.find(node);',
  },
  {
    name: 'arguments do not reach parameters',
    file: 'language/flow/calls.ts',
    find: 'if (parameter !== undefined) graph.copy(arg, parameter);',
    put: 'if (parameter !== undefined) graph.find(arg);',
  },
  {
    name: 'assignments are not followed',
    file: 'language/flow/values.ts',
    find: "if (at === 'node' || at === 'either') this.#graph.copy(from, node);",
    put: '',
  },
  {
    name: 'initialisers are not followed',
    file: 'language/flow/body.ts',
    find: 'else reader.flow.assign(target, reader.flow.rvalue(reader.assignment()));',
    put: 'else reader.flow.rvalue(reader.assignment());',
  },
  {
    name: 'another argument is taken for the memory',
    file: 'language/flow/routines.ts',
    find: "['NdisFreeMemoryWithTagPriority', 1]",
    put: "['NdisFreeMemoryWithTagPriority', 0]",
  },
  {
    name: 'frees keep the old tag',
    file: 'language/assign/plan.ts',
    find: 'this.#edits.retag(free.written, newTag, words, made);',
    put: 'continue;',
  },
  {
    name: 'nothing is known to reach a free',
    file: 'language/flow/poolFlow.ts',
    find: 'if (!calls) return NOWHERE;',
    put: 'return NOWHERE;',
  },
  {
    name: 'members of a structure are one',
    file: 'language/flow/graph.ts',
    find: 'let node = fields.get(name);',
    put: "let node = fields.get('x');",
  },
  {
    name: 'a cast loses the pointer',
    file: 'language/flow/values.ts',
    find: 'const node = this.rvalue(operand);',
    put: 'this.rvalue(operand); const node = NOTHING;',
  },
  {
    name: 'allocations are not seen in the code',
    file: 'language/flow/poolFlow.ts',
    find: 'this.#input.points[i].names.includes(name),',
    put: 'false,',
  },
  {
    name: 'frees through a macro are followed from the first one only',
    file: 'language/assign/plan.ts',
    find: 'for (const at of reached) free.targets.add(targets.get(keyOf(at))!);',
    put: 'if (free.places.length === 1) for (const at of reached) free.targets.add(targets.get(keyOf(at))!);',
  },
  {
    name: 'what is deleted is not followed',
    file: 'language/flow/calls.ts',
    find: 'this.graph.copy(node, fn.parameters[0]);',
    put: 'this.graph.find(node);',
  },
  {
    name: 'what a template frees is not looked at',
    file: 'language/assign/flowUnits.ts',
    find: '(templateFrees.get(lastPart(innermost.name)) ?? [])',
    put: '[]',
  },
];
