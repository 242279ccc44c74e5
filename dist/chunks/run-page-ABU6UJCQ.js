import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import{renderRunPage}from"./chunk-I6OH3ZDA.js";import"./chunk-YFIQGUJ7.js";import"./chunk-2FA7COPZ.js";import"./chunk-EJVELY3Y.js";import"./chunk-E3JWMDON.js";export{renderRunPage};
