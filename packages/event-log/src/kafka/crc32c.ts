import { slicedCrc } from "@headwater/core";

/** CRC-32C (Castagnoli), which Kafka's record batches carry and node:zlib does not have; every byte produced passes. */
export const crc32c = slicedCrc(0x82f63b78);
