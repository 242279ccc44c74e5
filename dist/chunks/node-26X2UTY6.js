import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import{child_process,crypto,fs,os,path,stream,util}from"./chunk-2HREBLUT.js";import"./chunk-E3JWMDON.js";export{child_process,crypto,fs,os,path,stream,util};
