import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import{oidcFederationProvider}from"./chunk-QJIOQJJ6.js";import"./chunk-E3JWMDON.js";export{oidcFederationProvider};
