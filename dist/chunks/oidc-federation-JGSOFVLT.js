import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import{oidcFederationProvider}from"./chunk-6BDYZQAQ.js";import"./chunk-E3JWMDON.js";export{oidcFederationProvider};
