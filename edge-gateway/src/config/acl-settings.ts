import { Type, type Static } from "@sinclair/typebox";

const patterns = (description: string) =>
  Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 512 }), { minItems: 1, maxItems: 64, description }));

/** One rule: what devices of some types and tags may do beyond their own topics, or may not do anywhere. */
const aclRule = Type.Object(
  {
    types: Type.Optional(
      Type.Array(Type.String({ maxLength: 64 }), { minItems: 1, maxItems: 64, description: "Default: every type" }),
    ),
    tags: Type.Optional(
      Type.Record(Type.String({ maxLength: 64 }), Type.Array(Type.String({ maxLength: 256 }), { minItems: 1 }), {
        description: "Tags that the device has to have, each with one of these values",
      }),
    ),
    publish: patterns("Topic filters that they may publish to"),
    subscribe: patterns(
      "Topic filters that they may subscribe to, also shared ones ($share/{group}/{filter}); one of the two is needed",
    ),
    deny: Type.Optional(
      Type.Boolean({
        description:
          "The filters are denied instead of allowed; what is denied nothing allows. Without types and tags it is for everyone, also without a login",
      }),
    ),
  },
  { additionalProperties: false },
);
export type AclRule = Static<typeof aclRule>;

/** What devices may do beyond their own topics. */
export const aclSettings = Type.Array(aclRule, {
  env: "HEADWATER_ACL",
  default: [],
  maxItems: 256,
  examples: [
    [
      { types: ["meter"], publish: ["sites/{tag.site}/{device}/#"] },
      { types: ["panel"], tags: { site: ["north", "south"] }, subscribe: ["sites/{tag.site}/#"] },
      { deny: true, subscribe: ["sites/+/cameras/#"] },
    ],
  ],
  description:
    "What devices may publish and subscribe to besides devices/{device}/# and v1/devices/me/#: topic filters with {device}, {type} and {tag.<name>}",
});
