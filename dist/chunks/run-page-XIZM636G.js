import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import{renderRunPage}from"./chunk-AHLZXPDF.js";import"./chunk-FB55UZEU.js";import"./chunk-XKGGSIOS.js";import"./chunk-HEYNASWW.js";import"./chunk-E3JWMDON.js";export{renderRunPage};
