import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import{oidcFederationProvider}from"./chunk-7PZ5C6RW.js";import"./chunk-E3JWMDON.js";export{oidcFederationProvider};
