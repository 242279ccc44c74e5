import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import{renderRunPage}from"./chunk-3XKM6H5M.js";import"./chunk-THCCPVJ5.js";import"./chunk-PGNMVW4K.js";import"./chunk-DFGX277A.js";import"./chunk-E3JWMDON.js";export{renderRunPage};
