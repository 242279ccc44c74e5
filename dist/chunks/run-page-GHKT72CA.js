import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import{renderRunPage}from"./chunk-L7BQQNGY.js";import"./chunk-D5Y6BXA6.js";import"./chunk-KA7IOWL2.js";import"./chunk-E3JWMDON.js";export{renderRunPage};
