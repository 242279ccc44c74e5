import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import{renderRunPage}from"./chunk-UAONNB5Z.js";import"./chunk-HFPW4PWQ.js";import"./chunk-5GOUK7RT.js";import"./chunk-KDL6XK26.js";import"./chunk-E3JWMDON.js";export{renderRunPage};
