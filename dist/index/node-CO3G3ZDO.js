import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import{child_process,crypto,fs,os,path,stream,util}from"./chunk-7TVH7TOJ.js";import"./chunk-SGVPTEC6.js";export{child_process,crypto,fs,os,path,stream,util};
