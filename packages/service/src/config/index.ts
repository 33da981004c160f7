export { configFileVariable, loadConfig } from "./load-config.ts";
export type { LoadConfigOptions } from "./load-config.ts";
export { describeConfig, effectiveConfig, settingNames } from "./describe-config.ts";
export type { EffectiveSetting, SettingFilter } from "./describe-config.ts";
export { mergeSchemas } from "./merge-schemas.ts";
export type { MergedSchema } from "./merge-schemas.ts";
export { processSettings } from "./process-settings.ts";
export type { ProcessSettings } from "./process-settings.ts";
