import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import{renderRunPage}from"./chunk-GFYWF67U.js";import"./chunk-6Y7R5THE.js";import"./chunk-KA7IOWL2.js";import"./chunk-E3JWMDON.js";export{renderRunPage};
