import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import{renderRunPage}from"./chunk-O4EKLNNF.js";import"./chunk-EPJ4KASY.js";import"./chunk-2NECSRZL.js";import"./chunk-DQRZ7C42.js";import"./chunk-E3JWMDON.js";export{renderRunPage};
