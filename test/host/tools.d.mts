export declare const REPOSITORY: string;
export declare const NODE_PACKAGE: string;
export declare function nodeBinary(): string;
export declare function npmEnvironment(source?: NodeJS.ProcessEnv): Record<string, string>;
export declare function toolEnvironment(): Record<string, string>;
export declare function npm(args: readonly string[], cwd: string): void;
export declare function findOnPath(program: string): string | undefined;
