export { isUuid, uuidv5 } from "./uuid-v5.ts";
export { randomToken, sameDigest, sha256 } from "./tokens.ts";
export { randomEpoch } from "./random-epoch.ts";
export { accessToken, readTokenFile } from "./token-file.ts";
