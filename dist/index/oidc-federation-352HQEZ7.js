import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import{oidcFederationProvider}from"./chunk-KNOX4AZP.js";import"./chunk-SGVPTEC6.js";export{oidcFederationProvider};
