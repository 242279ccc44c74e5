import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
var{main}=await import("./chunks/main-3IMQH7ML.js");await main();
