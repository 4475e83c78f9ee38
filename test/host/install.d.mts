export declare const CODE_SERVER_VERSION: string;
export declare function codeServerEntry(): string | undefined;
export declare function installCodeServer(): string;
