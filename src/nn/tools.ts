// The functions behind the methods of Module that bundles do not have.
import { registerForwardHook, registerForwardPreHook, registerFullBackwardHook } from "./hooks.js";
import { castModule } from "./stored.js";
import { tools } from "./tool.js";

Object.assign(tools, { castModule, registerForwardHook, registerForwardPreHook, registerFullBackwardHook });
