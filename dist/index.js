import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import{setFailed}from"./chunks/chunk-BDTR5THP.js";import"./chunks/chunk-E3JWMDON.js";try{let{main}=await import("./chunks/main-BHY6K46G.js");await main()}catch(error){setFailed(error instanceof Error?error:String(error))}
