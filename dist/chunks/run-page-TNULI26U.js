import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import{renderRunPage}from"./chunk-N47FWN2B.js";import"./chunk-SK2JKIYI.js";import"./chunk-37Y5IVJM.js";import"./chunk-CV42YVU4.js";import"./chunk-E3JWMDON.js";export{renderRunPage};
