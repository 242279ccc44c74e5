import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import{renderRunPage}from"./chunk-UQ5WBHOV.js";import"./chunk-5ZOFM6IM.js";import"./chunk-QZLX7ZRH.js";import"./chunk-SSTX7X4E.js";import"./chunk-E3JWMDON.js";export{renderRunPage};
