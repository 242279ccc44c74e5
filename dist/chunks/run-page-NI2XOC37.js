import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import{renderRunPage}from"./chunk-YDBHFMM6.js";import"./chunk-IRURQ4OD.js";import"./chunk-UDPLCZPK.js";import"./chunk-E3JWMDON.js";export{renderRunPage};
