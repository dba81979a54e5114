// The functions behind the methods of Module that bundles do not have.
import { registerForwardHook, registerForwardPreHook, registerFullBackwardHook } from "./hooks.js";
import { castModule } from "./stored.js";
import { giveTools } from "./tool.js";

giveTools({ castModule, registerForwardHook, registerForwardPreHook, registerFullBackwardHook });
