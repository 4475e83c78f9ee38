/** Style sheets are imported for esbuild, which writes them to one file beside the bundle. */
declare module '*.css';
