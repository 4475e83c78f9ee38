import { describe, expect, test } from 'vitest';
import { isOperations, PhaseLog } from '../../../extension/phaseLog.ts';

describe('marks of the running watch', () => {
  test('test again begins another cycle; what runs already, and an end of nothing, change nothing', () => {
    const log = new PhaseLog();
    expect(log.mark('end', 0, 0)).toBeUndefined();
    expect(log.mark('baseline', 1, 0)).toMatchObject({ cycle: 0 });
    expect(log.mark('baseline', 2, 0)).toBeUndefined();
    expect(log.mark('test', 3, 0)).toMatchObject({ cycle: 1 });
    expect(log.mark('test', 4, 0)).toMatchObject({ cycle: 2 });
    expect(log.mark('wait', 5, 0)).toMatchObject({ cycle: 2 });
    expect(log.open).toBe(true);
    log.mark('end', 6, 0);
    expect(log.open).toBe(false);
    expect(log.state.marks.map(({ phase }) => phase)).toEqual(['baseline', 'test', 'test', 'wait', 'end']);
  });

  test('of two marks at one sample the later stands, and its cycle counts once', () => {
    const log = new PhaseLog();
    log.mark('test', 5, 0);
    log.mark('wait', 5, 0);
    expect(log.state.marks).toMatchObject([{ phase: 'wait', cycle: 0 }]);
    expect(log.mark('test', 6, 0)).toMatchObject({ cycle: 1 });
  });

  test('operations are taken over by the marks behind, and can be told for one', () => {
    const log = new PhaseLog();
    log.setOperations(500);
    expect(log.mark('test', 1, 0)).toMatchObject({ operations: 500 });
    expect(log.mark('test', 2, 0, 7)).toMatchObject({ operations: 7 });
    log.setOperations(null);
    expect(log.mark('test', 3, 0)).toMatchObject({ operations: null });
    log.setOperations(9);
    log.reset();
    expect(log.state).toEqual({ marks: [], operationsPerCycle: 9, canMark: false });
  });

  test('a number of operations can be divided by', () => {
    expect([1, 1e6, 0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, '5', null].map(isOperations)).toEqual([
      true,
      true,
      ...Array(7).fill(false),
    ]);
  });
});
