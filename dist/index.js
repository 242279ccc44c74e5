import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
var{main,fail}=await import("./chunks/main-D4DE65XA.js");await main().catch(fail);
