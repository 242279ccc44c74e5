import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
var{main,fail}=await import("./chunks/main-IHMDHT6R.js");await main().catch(fail);
