export { syncDirectory } from "./sync-directory.ts";
export { SpaceReserve } from "./space-reserve.ts";
