export { addressGroup, plainAddress } from "./address.ts";
