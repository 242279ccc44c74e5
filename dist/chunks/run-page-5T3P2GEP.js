import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import{renderRunPage}from"./chunk-KNBRP27L.js";import"./chunk-NK2SLO3K.js";import"./chunk-UDPLCZPK.js";import"./chunk-E3JWMDON.js";export{renderRunPage};
