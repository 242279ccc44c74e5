import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import{renderRunPage}from"./chunk-DBIF75R6.js";import"./chunk-2ITRFOVU.js";import"./chunk-QWEFXRGA.js";import"./chunk-NLIGUTFP.js";import"./chunk-E3JWMDON.js";export{renderRunPage};
