import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import{renderRunPage}from"./chunk-YLDJK2CS.js";import"./chunk-NUOFXB22.js";import"./chunk-KA7IOWL2.js";import"./chunk-E3JWMDON.js";export{renderRunPage};
