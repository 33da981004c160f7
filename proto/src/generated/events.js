/*eslint-disable block-scoped-var, id-length, no-control-regex, no-magic-numbers, no-mixed-operators, no-prototype-builtins, no-redeclare, no-shadow, no-var, sort-vars, default-case, jsdoc/require-param*/
import $protobuf from "protobufjs/minimal.js";

// Common aliases
const $Reader = $protobuf.Reader, $Writer = $protobuf.Writer, $util = $protobuf.util;
const $Object = $util.global.Object, $undefined = $util.global.undefined, $Error = $util.global.Error, $RangeError = $util.global.RangeError;

// Exported root namespace
const $root = $protobuf.roots["default"] || ($protobuf.roots["default"] = {});

export const headwater = $root.headwater = (() => {

    /**
     * Namespace headwater.
     * @exports headwater
     * @namespace
     */
    const headwater = {};

    headwater.v1 = (function() {

        /**
         * Namespace v1.
         * @memberof headwater
         * @namespace
         */
        const v1 = {};

        v1.AccessEvent = (function() {

            /**
             * Properties of an AccessEvent.
             * @typedef {Object} headwater.v1.AccessEvent.$Properties
             * @property {string|null} [id] AccessEvent id
             * @property {number|null} [revision] AccessEvent revision
             * @property {boolean|null} [deleted] AccessEvent deleted
             * @property {boolean|null} [restated] AccessEvent restated
             * @property {string|null} [kind] AccessEvent kind
             * @property {string|null} [name] AccessEvent name
             * @property {Uint8Array|null} [hash] AccessEvent hash
             * @property {Array.<string>|null} [scopes] AccessEvent scopes
             * @property {number|Long|null} [createdAt] AccessEvent createdAt
             * @property {number|Long|null} [expiresAt] AccessEvent expiresAt
             * @property {string|null} [createdBy] AccessEvent createdBy
             * @property {string|null} [writeId] AccessEvent writeId
             * @property {headwater.v1.Provisioning.$Properties|null} [provisioning] AccessEvent provisioning
             * @property {string|null} [restsOn] AccessEvent restsOn
             * @property {string|null} [deviceFilter] AccessEvent deviceFilter
             * @property {string|null} [board] AccessEvent board
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of an AccessEvent.
             * @memberof headwater.v1
             * @interface IAccessEvent
             * @augments headwater.v1.AccessEvent.$Properties
             * @deprecated Use headwater.v1.AccessEvent.$Properties instead.
             */

            /**
             * Shape of an AccessEvent.
             * @typedef {headwater.v1.AccessEvent.$Properties} headwater.v1.AccessEvent.$Shape
             */

            /**
             * Constructs a new AccessEvent.
             * @memberof headwater.v1
             * @classdesc Represents an AccessEvent.
             * @constructor
             * @param {headwater.v1.AccessEvent.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const AccessEvent = function (properties) {
                this.scopes = [];
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * AccessEvent id.
             * @member {string} id
             * @memberof headwater.v1.AccessEvent
             * @instance
             */
            AccessEvent.prototype.id = "";

            /**
             * AccessEvent revision.
             * @member {number} revision
             * @memberof headwater.v1.AccessEvent
             * @instance
             */
            AccessEvent.prototype.revision = 0;

            /**
             * AccessEvent deleted.
             * @member {boolean} deleted
             * @memberof headwater.v1.AccessEvent
             * @instance
             */
            AccessEvent.prototype.deleted = false;

            /**
             * AccessEvent restated.
             * @member {boolean} restated
             * @memberof headwater.v1.AccessEvent
             * @instance
             */
            AccessEvent.prototype.restated = false;

            /**
             * AccessEvent kind.
             * @member {string} kind
             * @memberof headwater.v1.AccessEvent
             * @instance
             */
            AccessEvent.prototype.kind = "";

            /**
             * AccessEvent name.
             * @member {string} name
             * @memberof headwater.v1.AccessEvent
             * @instance
             */
            AccessEvent.prototype.name = "";

            /**
             * AccessEvent hash.
             * @member {Uint8Array} hash
             * @memberof headwater.v1.AccessEvent
             * @instance
             */
            AccessEvent.prototype.hash = $util.newBuffer([]);

            /**
             * AccessEvent scopes.
             * @member {Array.<string>} scopes
             * @memberof headwater.v1.AccessEvent
             * @instance
             */
            AccessEvent.prototype.scopes = $util.emptyArray;

            /**
             * AccessEvent createdAt.
             * @member {number|Long} createdAt
             * @memberof headwater.v1.AccessEvent
             * @instance
             */
            AccessEvent.prototype.createdAt = $util.Long ? $util.Long.fromBits(0,0,false) : 0;

            /**
             * AccessEvent expiresAt.
             * @member {number|Long} expiresAt
             * @memberof headwater.v1.AccessEvent
             * @instance
             */
            AccessEvent.prototype.expiresAt = $util.Long ? $util.Long.fromBits(0,0,false) : 0;

            /**
             * AccessEvent createdBy.
             * @member {string} createdBy
             * @memberof headwater.v1.AccessEvent
             * @instance
             */
            AccessEvent.prototype.createdBy = "";

            /**
             * AccessEvent writeId.
             * @member {string} writeId
             * @memberof headwater.v1.AccessEvent
             * @instance
             */
            AccessEvent.prototype.writeId = "";

            /**
             * AccessEvent provisioning.
             * @member {headwater.v1.Provisioning.$Properties|null|undefined} provisioning
             * @memberof headwater.v1.AccessEvent
             * @instance
             */
            AccessEvent.prototype.provisioning = null;

            /**
             * AccessEvent restsOn.
             * @member {string} restsOn
             * @memberof headwater.v1.AccessEvent
             * @instance
             */
            AccessEvent.prototype.restsOn = "";

            /**
             * AccessEvent deviceFilter.
             * @member {string} deviceFilter
             * @memberof headwater.v1.AccessEvent
             * @instance
             */
            AccessEvent.prototype.deviceFilter = "";

            /**
             * AccessEvent board.
             * @member {string} board
             * @memberof headwater.v1.AccessEvent
             * @instance
             */
            AccessEvent.prototype.board = "";

            /**
             * Encodes the specified AccessEvent message. Does not implicitly {@link headwater.v1.AccessEvent.verify|verify} messages.
             * @function encode
             * @memberof headwater.v1.AccessEvent
             * @static
             * @param {headwater.v1.AccessEvent.$Properties} message AccessEvent message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            AccessEvent.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.id != null && $Object.hasOwnProperty.call(message, "id") && message.id !== "")
                    writer.uint32(/* id 1, wireType 2 =*/10).string(message.id);
                if (message.revision != null && $Object.hasOwnProperty.call(message, "revision") && message.revision !== 0)
                    writer.uint32(/* id 2, wireType 0 =*/16).uint32(message.revision);
                if (message.deleted != null && $Object.hasOwnProperty.call(message, "deleted") && message.deleted !== false)
                    writer.uint32(/* id 3, wireType 0 =*/24).bool(message.deleted);
                if (message.restated != null && $Object.hasOwnProperty.call(message, "restated") && message.restated !== false)
                    writer.uint32(/* id 4, wireType 0 =*/32).bool(message.restated);
                if (message.kind != null && $Object.hasOwnProperty.call(message, "kind") && message.kind !== "")
                    writer.uint32(/* id 5, wireType 2 =*/42).string(message.kind);
                if (message.name != null && $Object.hasOwnProperty.call(message, "name") && message.name !== "")
                    writer.uint32(/* id 6, wireType 2 =*/50).string(message.name);
                if (message.hash != null && $Object.hasOwnProperty.call(message, "hash") && message.hash.length)
                    writer.uint32(/* id 7, wireType 2 =*/58).bytes(message.hash);
                if (message.scopes != null && message.scopes.length)
                    for (let i = 0; i < message.scopes.length; ++i)
                        writer.uint32(/* id 8, wireType 2 =*/66).string(message.scopes[i]);
                if (message.createdAt != null && $Object.hasOwnProperty.call(message, "createdAt") && (typeof message.createdAt === "object" ? message.createdAt.low || message.createdAt.high : message.createdAt !== 0))
                    writer.uint32(/* id 9, wireType 0 =*/72).int64(message.createdAt);
                if (message.expiresAt != null && $Object.hasOwnProperty.call(message, "expiresAt") && (typeof message.expiresAt === "object" ? message.expiresAt.low || message.expiresAt.high : message.expiresAt !== 0))
                    writer.uint32(/* id 10, wireType 0 =*/80).int64(message.expiresAt);
                if (message.createdBy != null && $Object.hasOwnProperty.call(message, "createdBy") && message.createdBy !== "")
                    writer.uint32(/* id 11, wireType 2 =*/90).string(message.createdBy);
                if (message.writeId != null && $Object.hasOwnProperty.call(message, "writeId") && message.writeId !== "")
                    writer.uint32(/* id 12, wireType 2 =*/98).string(message.writeId);
                if (message.provisioning != null && $Object.hasOwnProperty.call(message, "provisioning"))
                    $root.headwater.v1.Provisioning.encode(message.provisioning, writer.uint32(/* id 13, wireType 2 =*/106).fork(), _depth + 1).ldelim();
                if (message.restsOn != null && $Object.hasOwnProperty.call(message, "restsOn") && message.restsOn !== "")
                    writer.uint32(/* id 14, wireType 2 =*/114).string(message.restsOn);
                if (message.deviceFilter != null && $Object.hasOwnProperty.call(message, "deviceFilter") && message.deviceFilter !== "")
                    writer.uint32(/* id 15, wireType 2 =*/122).string(message.deviceFilter);
                if (message.board != null && $Object.hasOwnProperty.call(message, "board") && message.board !== "")
                    writer.uint32(/* id 16, wireType 2 =*/130).string(message.board);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes an AccessEvent message from the specified reader or buffer.
             * @function decode
             * @memberof headwater.v1.AccessEvent
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {headwater.v1.AccessEvent & headwater.v1.AccessEvent.$Shape} AccessEvent
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            AccessEvent.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.headwater.v1.AccessEvent();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.id = value;
                            else
                                delete message.id;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.revision = value;
                            else
                                delete message.revision;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.bool())
                                message.deleted = value;
                            else
                                delete message.deleted;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.bool())
                                message.restated = value;
                            else
                                delete message.restated;
                            continue;
                        }
                    case 5: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.kind = value;
                            else
                                delete message.kind;
                            continue;
                        }
                    case 6: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.name = value;
                            else
                                delete message.name;
                            continue;
                        }
                    case 7: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.bytes()).length)
                                message.hash = value;
                            else
                                delete message.hash;
                            continue;
                        }
                    case 8: {
                            if (wireType !== 2)
                                break;
                            if (!(message.scopes && message.scopes.length))
                                message.scopes = [];
                            message.scopes.push(reader.stringVerify());
                            continue;
                        }
                    case 9: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                                message.createdAt = value;
                            else
                                delete message.createdAt;
                            continue;
                        }
                    case 10: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                                message.expiresAt = value;
                            else
                                delete message.expiresAt;
                            continue;
                        }
                    case 11: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.createdBy = value;
                            else
                                delete message.createdBy;
                            continue;
                        }
                    case 12: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.writeId = value;
                            else
                                delete message.writeId;
                            continue;
                        }
                    case 13: {
                            if (wireType !== 2)
                                break;
                            message.provisioning = $root.headwater.v1.Provisioning.decode(reader, reader.size(), $undefined, _depth + 1, message.provisioning);
                            continue;
                        }
                    case 14: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.restsOn = value;
                            else
                                delete message.restsOn;
                            continue;
                        }
                    case 15: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.deviceFilter = value;
                            else
                                delete message.deviceFilter;
                            continue;
                        }
                    case 16: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.board = value;
                            else
                                delete message.board;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return AccessEvent;
        })();

        v1.Provisioning = (function() {

            /**
             * Properties of a Provisioning.
             * @typedef {Object} headwater.v1.Provisioning.$Properties
             * @property {string|null} [devices] Provisioning devices
             * @property {string|null} [type] Provisioning type
             * @property {Object.<string,string>|null} [tags] Provisioning tags
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a Provisioning.
             * @memberof headwater.v1
             * @interface IProvisioning
             * @augments headwater.v1.Provisioning.$Properties
             * @deprecated Use headwater.v1.Provisioning.$Properties instead.
             */

            /**
             * Shape of a Provisioning.
             * @typedef {headwater.v1.Provisioning.$Properties} headwater.v1.Provisioning.$Shape
             */

            /**
             * Constructs a new Provisioning.
             * @memberof headwater.v1
             * @classdesc Represents a Provisioning.
             * @constructor
             * @param {headwater.v1.Provisioning.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const Provisioning = function (properties) {
                this.tags = {};
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * Provisioning devices.
             * @member {string} devices
             * @memberof headwater.v1.Provisioning
             * @instance
             */
            Provisioning.prototype.devices = "";

            /**
             * Provisioning type.
             * @member {string} type
             * @memberof headwater.v1.Provisioning
             * @instance
             */
            Provisioning.prototype.type = "";

            /**
             * Provisioning tags.
             * @member {Object.<string,string>} tags
             * @memberof headwater.v1.Provisioning
             * @instance
             */
            Provisioning.prototype.tags = $util.emptyObject;

            /**
             * Encodes the specified Provisioning message. Does not implicitly {@link headwater.v1.Provisioning.verify|verify} messages.
             * @function encode
             * @memberof headwater.v1.Provisioning
             * @static
             * @param {headwater.v1.Provisioning.$Properties} message Provisioning message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            Provisioning.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.devices != null && $Object.hasOwnProperty.call(message, "devices") && message.devices !== "")
                    writer.uint32(/* id 1, wireType 2 =*/10).string(message.devices);
                if (message.type != null && $Object.hasOwnProperty.call(message, "type") && message.type !== "")
                    writer.uint32(/* id 2, wireType 2 =*/18).string(message.type);
                if (message.tags != null && $Object.hasOwnProperty.call(message, "tags"))
                    for (let keys = $Object.keys(message.tags), i = 0; i < keys.length; ++i)
                        writer.uint32(/* id 3, wireType 2 =*/26).fork().uint32(/* id 1, wireType 2 =*/10).string(keys[i]).uint32(/* id 2, wireType 2 =*/18).string(message.tags[keys[i]]).ldelim();
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a Provisioning message from the specified reader or buffer.
             * @function decode
             * @memberof headwater.v1.Provisioning
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {headwater.v1.Provisioning & headwater.v1.Provisioning.$Shape} Provisioning
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            Provisioning.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, key, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.headwater.v1.Provisioning();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.devices = value;
                            else
                                delete message.devices;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.type = value;
                            else
                                delete message.type;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            if (message.tags === $util.emptyObject)
                                message.tags = {};
                            let end2 = reader.size() + reader.pos;
                            if (end2 > reader.len)
                                throw $RangeError("index out of range");
                            reader.len = end2;
                            key = "";
                            value = "";
                            while (reader.pos < end2) {
                                let tag2 = reader.tag();
                                wireType = tag2 & 7;
                                switch (tag2 >>>= 3) {
                                case 1:
                                    if (wireType !== 2)
                                        break;
                                    key = reader.stringVerify();
                                    continue;
                                case 2:
                                    if (wireType !== 2)
                                        break;
                                    value = reader.stringVerify();
                                    continue;
                                }
                                reader.skipType(wireType, _depth, tag2);
                            }
                            if (reader.pos !== end2)
                                throw $RangeError("index out of range");
                            reader.len = end;
                            if (key === "__proto__")
                                $util.makeProp(message.tags, key);
                            message.tags[key] = value;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return Provisioning;
        })();

        v1.ActionEvent = (function() {

            /**
             * Properties of an ActionEvent.
             * @typedef {Object} headwater.v1.ActionEvent.$Properties
             * @property {string|null} [actionId] ActionEvent actionId
             * @property {string|null} [alertId] ActionEvent alertId
             * @property {number|null} [transition] ActionEvent transition
             * @property {string|null} [rule] ActionEvent rule
             * @property {string|null} [device] ActionEvent device
             * @property {number|Long|null} [at] ActionEvent at
             * @property {headwater.v1.WebhookRequested.$Properties|null} [requested] ActionEvent requested
             * @property {headwater.v1.WebhookAttempted.$Properties|null} [attempted] ActionEvent attempted
             * @property {headwater.v1.WebhookSucceeded.$Properties|null} [succeeded] ActionEvent succeeded
             * @property {headwater.v1.WebhookGaveUp.$Properties|null} [gaveUp] ActionEvent gaveUp
             * @property {headwater.v1.ActionsBegun.$Properties|null} [begun] ActionEvent begun
             * @property {"requested"|"attempted"|"succeeded"|"gaveUp"|"begun"} [what] ActionEvent what
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of an ActionEvent.
             * @memberof headwater.v1
             * @interface IActionEvent
             * @augments headwater.v1.ActionEvent.$Properties
             * @deprecated Use headwater.v1.ActionEvent.$Properties instead.
             */

            /**
             * Narrowed shape of an ActionEvent.
             * @typedef {{
             *   actionId?: string|null;
             *   alertId?: string|null;
             *   transition?: number|null;
             *   rule?: string|null;
             *   device?: string|null;
             *   at?: number|Long|null;
             *   requested?: headwater.v1.WebhookRequested.$Shape|null;
             *   attempted?: headwater.v1.WebhookAttempted.$Shape|null;
             *   succeeded?: headwater.v1.WebhookSucceeded.$Shape|null;
             *   gaveUp?: headwater.v1.WebhookGaveUp.$Shape|null;
             *   begun?: headwater.v1.ActionsBegun.$Shape|null;
             *   $unknowns?: Array.<Uint8Array>;
             * } & (
             *   ({ what?: undefined; requested?: null; attempted?: null; succeeded?: null; gaveUp?: null; begun?: null }|{ what?: "requested"; requested: headwater.v1.WebhookRequested.$Shape; attempted?: null; succeeded?: null; gaveUp?: null; begun?: null }|{ what?: "attempted"; requested?: null; attempted: headwater.v1.WebhookAttempted.$Shape; succeeded?: null; gaveUp?: null; begun?: null }|{ what?: "succeeded"; requested?: null; attempted?: null; succeeded: headwater.v1.WebhookSucceeded.$Shape; gaveUp?: null; begun?: null }|{ what?: "gaveUp"; requested?: null; attempted?: null; succeeded?: null; gaveUp: headwater.v1.WebhookGaveUp.$Shape; begun?: null }|{ what?: "begun"; requested?: null; attempted?: null; succeeded?: null; gaveUp?: null; begun: headwater.v1.ActionsBegun.$Shape })
             * )} headwater.v1.ActionEvent.$Shape
             */

            /**
             * Constructs a new ActionEvent.
             * @memberof headwater.v1
             * @classdesc Represents an ActionEvent.
             * @constructor
             * @param {headwater.v1.ActionEvent.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const ActionEvent = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * ActionEvent actionId.
             * @member {string} actionId
             * @memberof headwater.v1.ActionEvent
             * @instance
             */
            ActionEvent.prototype.actionId = "";

            /**
             * ActionEvent alertId.
             * @member {string} alertId
             * @memberof headwater.v1.ActionEvent
             * @instance
             */
            ActionEvent.prototype.alertId = "";

            /**
             * ActionEvent transition.
             * @member {number} transition
             * @memberof headwater.v1.ActionEvent
             * @instance
             */
            ActionEvent.prototype.transition = 0;

            /**
             * ActionEvent rule.
             * @member {string} rule
             * @memberof headwater.v1.ActionEvent
             * @instance
             */
            ActionEvent.prototype.rule = "";

            /**
             * ActionEvent device.
             * @member {string} device
             * @memberof headwater.v1.ActionEvent
             * @instance
             */
            ActionEvent.prototype.device = "";

            /**
             * ActionEvent at.
             * @member {number|Long} at
             * @memberof headwater.v1.ActionEvent
             * @instance
             */
            ActionEvent.prototype.at = $util.Long ? $util.Long.fromBits(0,0,false) : 0;

            /**
             * ActionEvent requested.
             * @member {headwater.v1.WebhookRequested.$Properties|null|undefined} requested
             * @memberof headwater.v1.ActionEvent
             * @instance
             */
            ActionEvent.prototype.requested = null;

            /**
             * ActionEvent attempted.
             * @member {headwater.v1.WebhookAttempted.$Properties|null|undefined} attempted
             * @memberof headwater.v1.ActionEvent
             * @instance
             */
            ActionEvent.prototype.attempted = null;

            /**
             * ActionEvent succeeded.
             * @member {headwater.v1.WebhookSucceeded.$Properties|null|undefined} succeeded
             * @memberof headwater.v1.ActionEvent
             * @instance
             */
            ActionEvent.prototype.succeeded = null;

            /**
             * ActionEvent gaveUp.
             * @member {headwater.v1.WebhookGaveUp.$Properties|null|undefined} gaveUp
             * @memberof headwater.v1.ActionEvent
             * @instance
             */
            ActionEvent.prototype.gaveUp = null;

            /**
             * ActionEvent begun.
             * @member {headwater.v1.ActionsBegun.$Properties|null|undefined} begun
             * @memberof headwater.v1.ActionEvent
             * @instance
             */
            ActionEvent.prototype.begun = null;

            // OneOf field names bound to virtual getters and setters
            let $oneOfFields;

            /**
             * ActionEvent what.
             * @member {"requested"|"attempted"|"succeeded"|"gaveUp"|"begun"|undefined} what
             * @memberof headwater.v1.ActionEvent
             * @instance
             */
            $Object.defineProperty(ActionEvent.prototype, "what", {
                get: $util.oneOfGetter($oneOfFields = ["requested", "attempted", "succeeded", "gaveUp", "begun"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            /**
             * Encodes the specified ActionEvent message. Does not implicitly {@link headwater.v1.ActionEvent.verify|verify} messages.
             * @function encode
             * @memberof headwater.v1.ActionEvent
             * @static
             * @param {headwater.v1.ActionEvent.$Properties} message ActionEvent message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            ActionEvent.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.actionId != null && $Object.hasOwnProperty.call(message, "actionId") && message.actionId !== "")
                    writer.uint32(/* id 1, wireType 2 =*/10).string(message.actionId);
                if (message.alertId != null && $Object.hasOwnProperty.call(message, "alertId") && message.alertId !== "")
                    writer.uint32(/* id 2, wireType 2 =*/18).string(message.alertId);
                if (message.transition != null && $Object.hasOwnProperty.call(message, "transition") && message.transition !== 0)
                    writer.uint32(/* id 3, wireType 0 =*/24).uint32(message.transition);
                if (message.rule != null && $Object.hasOwnProperty.call(message, "rule") && message.rule !== "")
                    writer.uint32(/* id 4, wireType 2 =*/34).string(message.rule);
                if (message.device != null && $Object.hasOwnProperty.call(message, "device") && message.device !== "")
                    writer.uint32(/* id 5, wireType 2 =*/42).string(message.device);
                if (message.at != null && $Object.hasOwnProperty.call(message, "at") && (typeof message.at === "object" ? message.at.low || message.at.high : message.at !== 0))
                    writer.uint32(/* id 6, wireType 0 =*/48).int64(message.at);
                if (message.requested != null && $Object.hasOwnProperty.call(message, "requested"))
                    $root.headwater.v1.WebhookRequested.encode(message.requested, writer.uint32(/* id 7, wireType 2 =*/58).fork(), _depth + 1).ldelim();
                if (message.attempted != null && $Object.hasOwnProperty.call(message, "attempted"))
                    $root.headwater.v1.WebhookAttempted.encode(message.attempted, writer.uint32(/* id 8, wireType 2 =*/66).fork(), _depth + 1).ldelim();
                if (message.succeeded != null && $Object.hasOwnProperty.call(message, "succeeded"))
                    $root.headwater.v1.WebhookSucceeded.encode(message.succeeded, writer.uint32(/* id 9, wireType 2 =*/74).fork(), _depth + 1).ldelim();
                if (message.gaveUp != null && $Object.hasOwnProperty.call(message, "gaveUp"))
                    $root.headwater.v1.WebhookGaveUp.encode(message.gaveUp, writer.uint32(/* id 10, wireType 2 =*/82).fork(), _depth + 1).ldelim();
                if (message.begun != null && $Object.hasOwnProperty.call(message, "begun"))
                    $root.headwater.v1.ActionsBegun.encode(message.begun, writer.uint32(/* id 11, wireType 2 =*/90).fork(), _depth + 1).ldelim();
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes an ActionEvent message from the specified reader or buffer.
             * @function decode
             * @memberof headwater.v1.ActionEvent
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {headwater.v1.ActionEvent & headwater.v1.ActionEvent.$Shape} ActionEvent
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            ActionEvent.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.headwater.v1.ActionEvent();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.actionId = value;
                            else
                                delete message.actionId;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.alertId = value;
                            else
                                delete message.alertId;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.transition = value;
                            else
                                delete message.transition;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.rule = value;
                            else
                                delete message.rule;
                            continue;
                        }
                    case 5: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.device = value;
                            else
                                delete message.device;
                            continue;
                        }
                    case 6: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                                message.at = value;
                            else
                                delete message.at;
                            continue;
                        }
                    case 7: {
                            if (wireType !== 2)
                                break;
                            message.requested = $root.headwater.v1.WebhookRequested.decode(reader, reader.size(), $undefined, _depth + 1, message.requested);
                            message.what = "requested";
                            continue;
                        }
                    case 8: {
                            if (wireType !== 2)
                                break;
                            message.attempted = $root.headwater.v1.WebhookAttempted.decode(reader, reader.size(), $undefined, _depth + 1, message.attempted);
                            message.what = "attempted";
                            continue;
                        }
                    case 9: {
                            if (wireType !== 2)
                                break;
                            message.succeeded = $root.headwater.v1.WebhookSucceeded.decode(reader, reader.size(), $undefined, _depth + 1, message.succeeded);
                            message.what = "succeeded";
                            continue;
                        }
                    case 10: {
                            if (wireType !== 2)
                                break;
                            message.gaveUp = $root.headwater.v1.WebhookGaveUp.decode(reader, reader.size(), $undefined, _depth + 1, message.gaveUp);
                            message.what = "gaveUp";
                            continue;
                        }
                    case 11: {
                            if (wireType !== 2)
                                break;
                            message.begun = $root.headwater.v1.ActionsBegun.decode(reader, reader.size(), $undefined, _depth + 1, message.begun);
                            message.what = "begun";
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return ActionEvent;
        })();

        v1.WebhookRequested = (function() {

            /**
             * Properties of a WebhookRequested.
             * @typedef {Object} headwater.v1.WebhookRequested.$Properties
             * @property {string|null} [url] WebhookRequested url
             * @property {string|null} [kind] WebhookRequested kind
             * @property {number|null} [revision] WebhookRequested revision
             * @property {number|null} [action] WebhookRequested action
             * @property {string|null} [trigger] WebhookRequested trigger
             * @property {string|null} [endpoint] WebhookRequested endpoint
             * @property {string|null} [definition] WebhookRequested definition
             * @property {Uint8Array|null} [body] WebhookRequested body
             * @property {number|Long|null} [deadline] WebhookRequested deadline
             * @property {number|Long|null} [alertOffset] WebhookRequested alertOffset
             * @property {number|null} [repetition] WebhookRequested repetition
             * @property {headwater.v1.ActionGroup.$Properties|null} [group] WebhookRequested group
             * @property {headwater.v1.GroupMessage.$Properties|null} [message] WebhookRequested message
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a WebhookRequested.
             * @memberof headwater.v1
             * @interface IWebhookRequested
             * @augments headwater.v1.WebhookRequested.$Properties
             * @deprecated Use headwater.v1.WebhookRequested.$Properties instead.
             */

            /**
             * Shape of a WebhookRequested.
             * @typedef {headwater.v1.WebhookRequested.$Properties} headwater.v1.WebhookRequested.$Shape
             */

            /**
             * Constructs a new WebhookRequested.
             * @memberof headwater.v1
             * @classdesc Represents a WebhookRequested.
             * @constructor
             * @param {headwater.v1.WebhookRequested.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const WebhookRequested = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * WebhookRequested url.
             * @member {string} url
             * @memberof headwater.v1.WebhookRequested
             * @instance
             */
            WebhookRequested.prototype.url = "";

            /**
             * WebhookRequested kind.
             * @member {string} kind
             * @memberof headwater.v1.WebhookRequested
             * @instance
             */
            WebhookRequested.prototype.kind = "";

            /**
             * WebhookRequested revision.
             * @member {number} revision
             * @memberof headwater.v1.WebhookRequested
             * @instance
             */
            WebhookRequested.prototype.revision = 0;

            /**
             * WebhookRequested action.
             * @member {number} action
             * @memberof headwater.v1.WebhookRequested
             * @instance
             */
            WebhookRequested.prototype.action = 0;

            /**
             * WebhookRequested trigger.
             * @member {string} trigger
             * @memberof headwater.v1.WebhookRequested
             * @instance
             */
            WebhookRequested.prototype.trigger = "";

            /**
             * WebhookRequested endpoint.
             * @member {string} endpoint
             * @memberof headwater.v1.WebhookRequested
             * @instance
             */
            WebhookRequested.prototype.endpoint = "";

            /**
             * WebhookRequested definition.
             * @member {string} definition
             * @memberof headwater.v1.WebhookRequested
             * @instance
             */
            WebhookRequested.prototype.definition = "";

            /**
             * WebhookRequested body.
             * @member {Uint8Array} body
             * @memberof headwater.v1.WebhookRequested
             * @instance
             */
            WebhookRequested.prototype.body = $util.newBuffer([]);

            /**
             * WebhookRequested deadline.
             * @member {number|Long} deadline
             * @memberof headwater.v1.WebhookRequested
             * @instance
             */
            WebhookRequested.prototype.deadline = $util.Long ? $util.Long.fromBits(0,0,false) : 0;

            /**
             * WebhookRequested alertOffset.
             * @member {number|Long} alertOffset
             * @memberof headwater.v1.WebhookRequested
             * @instance
             */
            WebhookRequested.prototype.alertOffset = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

            /**
             * WebhookRequested repetition.
             * @member {number} repetition
             * @memberof headwater.v1.WebhookRequested
             * @instance
             */
            WebhookRequested.prototype.repetition = 0;

            /**
             * WebhookRequested group.
             * @member {headwater.v1.ActionGroup.$Properties|null|undefined} group
             * @memberof headwater.v1.WebhookRequested
             * @instance
             */
            WebhookRequested.prototype.group = null;

            /**
             * WebhookRequested message.
             * @member {headwater.v1.GroupMessage.$Properties|null|undefined} message
             * @memberof headwater.v1.WebhookRequested
             * @instance
             */
            WebhookRequested.prototype.message = null;

            /**
             * Encodes the specified WebhookRequested message. Does not implicitly {@link headwater.v1.WebhookRequested.verify|verify} messages.
             * @function encode
             * @memberof headwater.v1.WebhookRequested
             * @static
             * @param {headwater.v1.WebhookRequested.$Properties} message WebhookRequested message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            WebhookRequested.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.url != null && $Object.hasOwnProperty.call(message, "url") && message.url !== "")
                    writer.uint32(/* id 1, wireType 2 =*/10).string(message.url);
                if (message.kind != null && $Object.hasOwnProperty.call(message, "kind") && message.kind !== "")
                    writer.uint32(/* id 2, wireType 2 =*/18).string(message.kind);
                if (message.revision != null && $Object.hasOwnProperty.call(message, "revision") && message.revision !== 0)
                    writer.uint32(/* id 3, wireType 0 =*/24).uint32(message.revision);
                if (message.action != null && $Object.hasOwnProperty.call(message, "action") && message.action !== 0)
                    writer.uint32(/* id 4, wireType 0 =*/32).uint32(message.action);
                if (message.trigger != null && $Object.hasOwnProperty.call(message, "trigger") && message.trigger !== "")
                    writer.uint32(/* id 5, wireType 2 =*/42).string(message.trigger);
                if (message.endpoint != null && $Object.hasOwnProperty.call(message, "endpoint") && message.endpoint !== "")
                    writer.uint32(/* id 6, wireType 2 =*/50).string(message.endpoint);
                if (message.definition != null && $Object.hasOwnProperty.call(message, "definition") && message.definition !== "")
                    writer.uint32(/* id 7, wireType 2 =*/58).string(message.definition);
                if (message.body != null && $Object.hasOwnProperty.call(message, "body") && message.body.length)
                    writer.uint32(/* id 8, wireType 2 =*/66).bytes(message.body);
                if (message.deadline != null && $Object.hasOwnProperty.call(message, "deadline") && (typeof message.deadline === "object" ? message.deadline.low || message.deadline.high : message.deadline !== 0))
                    writer.uint32(/* id 9, wireType 0 =*/72).int64(message.deadline);
                if (message.alertOffset != null && $Object.hasOwnProperty.call(message, "alertOffset") && (typeof message.alertOffset === "object" ? message.alertOffset.low || message.alertOffset.high : message.alertOffset !== 0))
                    writer.uint32(/* id 10, wireType 0 =*/80).uint64(message.alertOffset);
                if (message.repetition != null && $Object.hasOwnProperty.call(message, "repetition") && message.repetition !== 0)
                    writer.uint32(/* id 11, wireType 0 =*/88).uint32(message.repetition);
                if (message.group != null && $Object.hasOwnProperty.call(message, "group"))
                    $root.headwater.v1.ActionGroup.encode(message.group, writer.uint32(/* id 12, wireType 2 =*/98).fork(), _depth + 1).ldelim();
                if (message.message != null && $Object.hasOwnProperty.call(message, "message"))
                    $root.headwater.v1.GroupMessage.encode(message.message, writer.uint32(/* id 13, wireType 2 =*/106).fork(), _depth + 1).ldelim();
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a WebhookRequested message from the specified reader or buffer.
             * @function decode
             * @memberof headwater.v1.WebhookRequested
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {headwater.v1.WebhookRequested & headwater.v1.WebhookRequested.$Shape} WebhookRequested
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            WebhookRequested.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.headwater.v1.WebhookRequested();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.url = value;
                            else
                                delete message.url;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.kind = value;
                            else
                                delete message.kind;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.revision = value;
                            else
                                delete message.revision;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.action = value;
                            else
                                delete message.action;
                            continue;
                        }
                    case 5: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.trigger = value;
                            else
                                delete message.trigger;
                            continue;
                        }
                    case 6: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.endpoint = value;
                            else
                                delete message.endpoint;
                            continue;
                        }
                    case 7: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.definition = value;
                            else
                                delete message.definition;
                            continue;
                        }
                    case 8: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.bytes()).length)
                                message.body = value;
                            else
                                delete message.body;
                            continue;
                        }
                    case 9: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                                message.deadline = value;
                            else
                                delete message.deadline;
                            continue;
                        }
                    case 10: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.alertOffset = value;
                            else
                                delete message.alertOffset;
                            continue;
                        }
                    case 11: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.repetition = value;
                            else
                                delete message.repetition;
                            continue;
                        }
                    case 12: {
                            if (wireType !== 2)
                                break;
                            message.group = $root.headwater.v1.ActionGroup.decode(reader, reader.size(), $undefined, _depth + 1, message.group);
                            continue;
                        }
                    case 13: {
                            if (wireType !== 2)
                                break;
                            message.message = $root.headwater.v1.GroupMessage.decode(reader, reader.size(), $undefined, _depth + 1, message.message);
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return WebhookRequested;
        })();

        v1.ActionGroup = (function() {

            /**
             * Properties of an ActionGroup.
             * @typedef {Object} headwater.v1.ActionGroup.$Properties
             * @property {string|null} [key] ActionGroup key
             * @property {Object.<string,string>|null} [by] ActionGroup by
             * @property {number|Long|null} [wait] ActionGroup wait
             * @property {number|Long|null} [interval] ActionGroup interval
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of an ActionGroup.
             * @memberof headwater.v1
             * @interface IActionGroup
             * @augments headwater.v1.ActionGroup.$Properties
             * @deprecated Use headwater.v1.ActionGroup.$Properties instead.
             */

            /**
             * Shape of an ActionGroup.
             * @typedef {headwater.v1.ActionGroup.$Properties} headwater.v1.ActionGroup.$Shape
             */

            /**
             * Constructs a new ActionGroup.
             * @memberof headwater.v1
             * @classdesc Represents an ActionGroup.
             * @constructor
             * @param {headwater.v1.ActionGroup.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const ActionGroup = function (properties) {
                this.by = {};
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * ActionGroup key.
             * @member {string} key
             * @memberof headwater.v1.ActionGroup
             * @instance
             */
            ActionGroup.prototype.key = "";

            /**
             * ActionGroup by.
             * @member {Object.<string,string>} by
             * @memberof headwater.v1.ActionGroup
             * @instance
             */
            ActionGroup.prototype.by = $util.emptyObject;

            /**
             * ActionGroup wait.
             * @member {number|Long} wait
             * @memberof headwater.v1.ActionGroup
             * @instance
             */
            ActionGroup.prototype.wait = $util.Long ? $util.Long.fromBits(0,0,false) : 0;

            /**
             * ActionGroup interval.
             * @member {number|Long} interval
             * @memberof headwater.v1.ActionGroup
             * @instance
             */
            ActionGroup.prototype.interval = $util.Long ? $util.Long.fromBits(0,0,false) : 0;

            /**
             * Encodes the specified ActionGroup message. Does not implicitly {@link headwater.v1.ActionGroup.verify|verify} messages.
             * @function encode
             * @memberof headwater.v1.ActionGroup
             * @static
             * @param {headwater.v1.ActionGroup.$Properties} message ActionGroup message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            ActionGroup.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.key != null && $Object.hasOwnProperty.call(message, "key") && message.key !== "")
                    writer.uint32(/* id 1, wireType 2 =*/10).string(message.key);
                if (message.by != null && $Object.hasOwnProperty.call(message, "by"))
                    for (let keys = $Object.keys(message.by), i = 0; i < keys.length; ++i)
                        writer.uint32(/* id 2, wireType 2 =*/18).fork().uint32(/* id 1, wireType 2 =*/10).string(keys[i]).uint32(/* id 2, wireType 2 =*/18).string(message.by[keys[i]]).ldelim();
                if (message.wait != null && $Object.hasOwnProperty.call(message, "wait") && (typeof message.wait === "object" ? message.wait.low || message.wait.high : message.wait !== 0))
                    writer.uint32(/* id 3, wireType 0 =*/24).int64(message.wait);
                if (message.interval != null && $Object.hasOwnProperty.call(message, "interval") && (typeof message.interval === "object" ? message.interval.low || message.interval.high : message.interval !== 0))
                    writer.uint32(/* id 4, wireType 0 =*/32).int64(message.interval);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes an ActionGroup message from the specified reader or buffer.
             * @function decode
             * @memberof headwater.v1.ActionGroup
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {headwater.v1.ActionGroup & headwater.v1.ActionGroup.$Shape} ActionGroup
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            ActionGroup.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, key, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.headwater.v1.ActionGroup();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.key = value;
                            else
                                delete message.key;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if (message.by === $util.emptyObject)
                                message.by = {};
                            let end2 = reader.size() + reader.pos;
                            if (end2 > reader.len)
                                throw $RangeError("index out of range");
                            reader.len = end2;
                            key = "";
                            value = "";
                            while (reader.pos < end2) {
                                let tag2 = reader.tag();
                                wireType = tag2 & 7;
                                switch (tag2 >>>= 3) {
                                case 1:
                                    if (wireType !== 2)
                                        break;
                                    key = reader.stringVerify();
                                    continue;
                                case 2:
                                    if (wireType !== 2)
                                        break;
                                    value = reader.stringVerify();
                                    continue;
                                }
                                reader.skipType(wireType, _depth, tag2);
                            }
                            if (reader.pos !== end2)
                                throw $RangeError("index out of range");
                            reader.len = end;
                            if (key === "__proto__")
                                $util.makeProp(message.by, key);
                            message.by[key] = value;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                                message.wait = value;
                            else
                                delete message.wait;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                                message.interval = value;
                            else
                                delete message.interval;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return ActionGroup;
        })();

        v1.GroupMessage = (function() {

            /**
             * Properties of a GroupMessage.
             * @typedef {Object} headwater.v1.GroupMessage.$Properties
             * @property {string|null} [key] GroupMessage key
             * @property {Array.<string>|null} [told] GroupMessage told
             * @property {Array.<headwater.v1.Withdrawn.$Properties>|null} [withdrawn] GroupMessage withdrawn
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a GroupMessage.
             * @memberof headwater.v1
             * @interface IGroupMessage
             * @augments headwater.v1.GroupMessage.$Properties
             * @deprecated Use headwater.v1.GroupMessage.$Properties instead.
             */

            /**
             * Shape of a GroupMessage.
             * @typedef {headwater.v1.GroupMessage.$Properties} headwater.v1.GroupMessage.$Shape
             */

            /**
             * Constructs a new GroupMessage.
             * @memberof headwater.v1
             * @classdesc Represents a GroupMessage.
             * @constructor
             * @param {headwater.v1.GroupMessage.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const GroupMessage = function (properties) {
                this.told = [];
                this.withdrawn = [];
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * GroupMessage key.
             * @member {string} key
             * @memberof headwater.v1.GroupMessage
             * @instance
             */
            GroupMessage.prototype.key = "";

            /**
             * GroupMessage told.
             * @member {Array.<string>} told
             * @memberof headwater.v1.GroupMessage
             * @instance
             */
            GroupMessage.prototype.told = $util.emptyArray;

            /**
             * GroupMessage withdrawn.
             * @member {Array.<headwater.v1.Withdrawn.$Properties>} withdrawn
             * @memberof headwater.v1.GroupMessage
             * @instance
             */
            GroupMessage.prototype.withdrawn = $util.emptyArray;

            /**
             * Encodes the specified GroupMessage message. Does not implicitly {@link headwater.v1.GroupMessage.verify|verify} messages.
             * @function encode
             * @memberof headwater.v1.GroupMessage
             * @static
             * @param {headwater.v1.GroupMessage.$Properties} message GroupMessage message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            GroupMessage.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.key != null && $Object.hasOwnProperty.call(message, "key") && message.key !== "")
                    writer.uint32(/* id 1, wireType 2 =*/10).string(message.key);
                if (message.told != null && message.told.length)
                    for (let i = 0; i < message.told.length; ++i)
                        writer.uint32(/* id 2, wireType 2 =*/18).string(message.told[i]);
                if (message.withdrawn != null && message.withdrawn.length)
                    for (let i = 0; i < message.withdrawn.length; ++i)
                        $root.headwater.v1.Withdrawn.encode(message.withdrawn[i], writer.uint32(/* id 3, wireType 2 =*/26).fork(), _depth + 1).ldelim();
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a GroupMessage message from the specified reader or buffer.
             * @function decode
             * @memberof headwater.v1.GroupMessage
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {headwater.v1.GroupMessage & headwater.v1.GroupMessage.$Shape} GroupMessage
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            GroupMessage.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.headwater.v1.GroupMessage();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.key = value;
                            else
                                delete message.key;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if (!(message.told && message.told.length))
                                message.told = [];
                            message.told.push(reader.stringVerify());
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            if (!(message.withdrawn && message.withdrawn.length))
                                message.withdrawn = [];
                            message.withdrawn.push($root.headwater.v1.Withdrawn.decode(reader, reader.size(), $undefined, _depth + 1));
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return GroupMessage;
        })();

        v1.Withdrawn = (function() {

            /**
             * Properties of a Withdrawn.
             * @typedef {Object} headwater.v1.Withdrawn.$Properties
             * @property {string|null} [action] Withdrawn action
             * @property {string|null} [reason] Withdrawn reason
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a Withdrawn.
             * @memberof headwater.v1
             * @interface IWithdrawn
             * @augments headwater.v1.Withdrawn.$Properties
             * @deprecated Use headwater.v1.Withdrawn.$Properties instead.
             */

            /**
             * Shape of a Withdrawn.
             * @typedef {headwater.v1.Withdrawn.$Properties} headwater.v1.Withdrawn.$Shape
             */

            /**
             * Constructs a new Withdrawn.
             * @memberof headwater.v1
             * @classdesc Represents a Withdrawn.
             * @constructor
             * @param {headwater.v1.Withdrawn.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const Withdrawn = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * Withdrawn action.
             * @member {string} action
             * @memberof headwater.v1.Withdrawn
             * @instance
             */
            Withdrawn.prototype.action = "";

            /**
             * Withdrawn reason.
             * @member {string} reason
             * @memberof headwater.v1.Withdrawn
             * @instance
             */
            Withdrawn.prototype.reason = "";

            /**
             * Encodes the specified Withdrawn message. Does not implicitly {@link headwater.v1.Withdrawn.verify|verify} messages.
             * @function encode
             * @memberof headwater.v1.Withdrawn
             * @static
             * @param {headwater.v1.Withdrawn.$Properties} message Withdrawn message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            Withdrawn.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.action != null && $Object.hasOwnProperty.call(message, "action") && message.action !== "")
                    writer.uint32(/* id 1, wireType 2 =*/10).string(message.action);
                if (message.reason != null && $Object.hasOwnProperty.call(message, "reason") && message.reason !== "")
                    writer.uint32(/* id 2, wireType 2 =*/18).string(message.reason);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a Withdrawn message from the specified reader or buffer.
             * @function decode
             * @memberof headwater.v1.Withdrawn
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {headwater.v1.Withdrawn & headwater.v1.Withdrawn.$Shape} Withdrawn
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            Withdrawn.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.headwater.v1.Withdrawn();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.action = value;
                            else
                                delete message.action;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.reason = value;
                            else
                                delete message.reason;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return Withdrawn;
        })();

        v1.WebhookAttempted = (function() {

            /**
             * Properties of a WebhookAttempted.
             * @typedef {Object} headwater.v1.WebhookAttempted.$Properties
             * @property {number|null} [attempt] WebhookAttempted attempt
             * @property {number|null} [status] WebhookAttempted status
             * @property {string|null} [error] WebhookAttempted error
             * @property {number|Long|null} [retryAt] WebhookAttempted retryAt
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a WebhookAttempted.
             * @memberof headwater.v1
             * @interface IWebhookAttempted
             * @augments headwater.v1.WebhookAttempted.$Properties
             * @deprecated Use headwater.v1.WebhookAttempted.$Properties instead.
             */

            /**
             * Shape of a WebhookAttempted.
             * @typedef {headwater.v1.WebhookAttempted.$Properties} headwater.v1.WebhookAttempted.$Shape
             */

            /**
             * Constructs a new WebhookAttempted.
             * @memberof headwater.v1
             * @classdesc Represents a WebhookAttempted.
             * @constructor
             * @param {headwater.v1.WebhookAttempted.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const WebhookAttempted = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * WebhookAttempted attempt.
             * @member {number} attempt
             * @memberof headwater.v1.WebhookAttempted
             * @instance
             */
            WebhookAttempted.prototype.attempt = 0;

            /**
             * WebhookAttempted status.
             * @member {number} status
             * @memberof headwater.v1.WebhookAttempted
             * @instance
             */
            WebhookAttempted.prototype.status = 0;

            /**
             * WebhookAttempted error.
             * @member {string} error
             * @memberof headwater.v1.WebhookAttempted
             * @instance
             */
            WebhookAttempted.prototype.error = "";

            /**
             * WebhookAttempted retryAt.
             * @member {number|Long} retryAt
             * @memberof headwater.v1.WebhookAttempted
             * @instance
             */
            WebhookAttempted.prototype.retryAt = $util.Long ? $util.Long.fromBits(0,0,false) : 0;

            /**
             * Encodes the specified WebhookAttempted message. Does not implicitly {@link headwater.v1.WebhookAttempted.verify|verify} messages.
             * @function encode
             * @memberof headwater.v1.WebhookAttempted
             * @static
             * @param {headwater.v1.WebhookAttempted.$Properties} message WebhookAttempted message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            WebhookAttempted.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.attempt != null && $Object.hasOwnProperty.call(message, "attempt") && message.attempt !== 0)
                    writer.uint32(/* id 1, wireType 0 =*/8).uint32(message.attempt);
                if (message.status != null && $Object.hasOwnProperty.call(message, "status") && message.status !== 0)
                    writer.uint32(/* id 2, wireType 0 =*/16).uint32(message.status);
                if (message.error != null && $Object.hasOwnProperty.call(message, "error") && message.error !== "")
                    writer.uint32(/* id 3, wireType 2 =*/26).string(message.error);
                if (message.retryAt != null && $Object.hasOwnProperty.call(message, "retryAt") && (typeof message.retryAt === "object" ? message.retryAt.low || message.retryAt.high : message.retryAt !== 0))
                    writer.uint32(/* id 4, wireType 0 =*/32).int64(message.retryAt);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a WebhookAttempted message from the specified reader or buffer.
             * @function decode
             * @memberof headwater.v1.WebhookAttempted
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {headwater.v1.WebhookAttempted & headwater.v1.WebhookAttempted.$Shape} WebhookAttempted
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            WebhookAttempted.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.headwater.v1.WebhookAttempted();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.attempt = value;
                            else
                                delete message.attempt;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.status = value;
                            else
                                delete message.status;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.error = value;
                            else
                                delete message.error;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                                message.retryAt = value;
                            else
                                delete message.retryAt;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return WebhookAttempted;
        })();

        v1.WebhookSucceeded = (function() {

            /**
             * Properties of a WebhookSucceeded.
             * @typedef {Object} headwater.v1.WebhookSucceeded.$Properties
             * @property {number|null} [status] WebhookSucceeded status
             * @property {number|null} [attempt] WebhookSucceeded attempt
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a WebhookSucceeded.
             * @memberof headwater.v1
             * @interface IWebhookSucceeded
             * @augments headwater.v1.WebhookSucceeded.$Properties
             * @deprecated Use headwater.v1.WebhookSucceeded.$Properties instead.
             */

            /**
             * Shape of a WebhookSucceeded.
             * @typedef {headwater.v1.WebhookSucceeded.$Properties} headwater.v1.WebhookSucceeded.$Shape
             */

            /**
             * Constructs a new WebhookSucceeded.
             * @memberof headwater.v1
             * @classdesc Represents a WebhookSucceeded.
             * @constructor
             * @param {headwater.v1.WebhookSucceeded.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const WebhookSucceeded = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * WebhookSucceeded status.
             * @member {number} status
             * @memberof headwater.v1.WebhookSucceeded
             * @instance
             */
            WebhookSucceeded.prototype.status = 0;

            /**
             * WebhookSucceeded attempt.
             * @member {number} attempt
             * @memberof headwater.v1.WebhookSucceeded
             * @instance
             */
            WebhookSucceeded.prototype.attempt = 0;

            /**
             * Encodes the specified WebhookSucceeded message. Does not implicitly {@link headwater.v1.WebhookSucceeded.verify|verify} messages.
             * @function encode
             * @memberof headwater.v1.WebhookSucceeded
             * @static
             * @param {headwater.v1.WebhookSucceeded.$Properties} message WebhookSucceeded message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            WebhookSucceeded.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.status != null && $Object.hasOwnProperty.call(message, "status") && message.status !== 0)
                    writer.uint32(/* id 1, wireType 0 =*/8).uint32(message.status);
                if (message.attempt != null && $Object.hasOwnProperty.call(message, "attempt") && message.attempt !== 0)
                    writer.uint32(/* id 2, wireType 0 =*/16).uint32(message.attempt);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a WebhookSucceeded message from the specified reader or buffer.
             * @function decode
             * @memberof headwater.v1.WebhookSucceeded
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {headwater.v1.WebhookSucceeded & headwater.v1.WebhookSucceeded.$Shape} WebhookSucceeded
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            WebhookSucceeded.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.headwater.v1.WebhookSucceeded();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.status = value;
                            else
                                delete message.status;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.attempt = value;
                            else
                                delete message.attempt;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return WebhookSucceeded;
        })();

        v1.WebhookGaveUp = (function() {

            /**
             * Properties of a WebhookGaveUp.
             * @typedef {Object} headwater.v1.WebhookGaveUp.$Properties
             * @property {string|null} [reason] WebhookGaveUp reason
             * @property {number|null} [attempt] WebhookGaveUp attempt
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a WebhookGaveUp.
             * @memberof headwater.v1
             * @interface IWebhookGaveUp
             * @augments headwater.v1.WebhookGaveUp.$Properties
             * @deprecated Use headwater.v1.WebhookGaveUp.$Properties instead.
             */

            /**
             * Shape of a WebhookGaveUp.
             * @typedef {headwater.v1.WebhookGaveUp.$Properties} headwater.v1.WebhookGaveUp.$Shape
             */

            /**
             * Constructs a new WebhookGaveUp.
             * @memberof headwater.v1
             * @classdesc Represents a WebhookGaveUp.
             * @constructor
             * @param {headwater.v1.WebhookGaveUp.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const WebhookGaveUp = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * WebhookGaveUp reason.
             * @member {string} reason
             * @memberof headwater.v1.WebhookGaveUp
             * @instance
             */
            WebhookGaveUp.prototype.reason = "";

            /**
             * WebhookGaveUp attempt.
             * @member {number} attempt
             * @memberof headwater.v1.WebhookGaveUp
             * @instance
             */
            WebhookGaveUp.prototype.attempt = 0;

            /**
             * Encodes the specified WebhookGaveUp message. Does not implicitly {@link headwater.v1.WebhookGaveUp.verify|verify} messages.
             * @function encode
             * @memberof headwater.v1.WebhookGaveUp
             * @static
             * @param {headwater.v1.WebhookGaveUp.$Properties} message WebhookGaveUp message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            WebhookGaveUp.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.reason != null && $Object.hasOwnProperty.call(message, "reason") && message.reason !== "")
                    writer.uint32(/* id 1, wireType 2 =*/10).string(message.reason);
                if (message.attempt != null && $Object.hasOwnProperty.call(message, "attempt") && message.attempt !== 0)
                    writer.uint32(/* id 2, wireType 0 =*/16).uint32(message.attempt);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a WebhookGaveUp message from the specified reader or buffer.
             * @function decode
             * @memberof headwater.v1.WebhookGaveUp
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {headwater.v1.WebhookGaveUp & headwater.v1.WebhookGaveUp.$Shape} WebhookGaveUp
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            WebhookGaveUp.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.headwater.v1.WebhookGaveUp();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.reason = value;
                            else
                                delete message.reason;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.attempt = value;
                            else
                                delete message.attempt;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return WebhookGaveUp;
        })();

        v1.ActionsBegun = (function() {

            /**
             * Properties of an ActionsBegun.
             * @typedef {Object} headwater.v1.ActionsBegun.$Properties
             * @property {number|Long|null} [fromOffset] ActionsBegun fromOffset
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of an ActionsBegun.
             * @memberof headwater.v1
             * @interface IActionsBegun
             * @augments headwater.v1.ActionsBegun.$Properties
             * @deprecated Use headwater.v1.ActionsBegun.$Properties instead.
             */

            /**
             * Shape of an ActionsBegun.
             * @typedef {headwater.v1.ActionsBegun.$Properties} headwater.v1.ActionsBegun.$Shape
             */

            /**
             * Constructs a new ActionsBegun.
             * @memberof headwater.v1
             * @classdesc Represents an ActionsBegun.
             * @constructor
             * @param {headwater.v1.ActionsBegun.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const ActionsBegun = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * ActionsBegun fromOffset.
             * @member {number|Long} fromOffset
             * @memberof headwater.v1.ActionsBegun
             * @instance
             */
            ActionsBegun.prototype.fromOffset = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

            /**
             * Encodes the specified ActionsBegun message. Does not implicitly {@link headwater.v1.ActionsBegun.verify|verify} messages.
             * @function encode
             * @memberof headwater.v1.ActionsBegun
             * @static
             * @param {headwater.v1.ActionsBegun.$Properties} message ActionsBegun message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            ActionsBegun.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.fromOffset != null && $Object.hasOwnProperty.call(message, "fromOffset") && (typeof message.fromOffset === "object" ? message.fromOffset.low || message.fromOffset.high : message.fromOffset !== 0))
                    writer.uint32(/* id 1, wireType 0 =*/8).uint64(message.fromOffset);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes an ActionsBegun message from the specified reader or buffer.
             * @function decode
             * @memberof headwater.v1.ActionsBegun
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {headwater.v1.ActionsBegun & headwater.v1.ActionsBegun.$Shape} ActionsBegun
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            ActionsBegun.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.headwater.v1.ActionsBegun();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.fromOffset = value;
                            else
                                delete message.fromOffset;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return ActionsBegun;
        })();

        v1.AlertEvent = (function() {

            /**
             * Properties of an AlertEvent.
             * @typedef {Object} headwater.v1.AlertEvent.$Properties
             * @property {string|null} [alertId] AlertEvent alertId
             * @property {number|null} [transition] AlertEvent transition
             * @property {string|null} [rule] AlertEvent rule
             * @property {number|null} [revision] AlertEvent revision
             * @property {string|null} [device] AlertEvent device
             * @property {headwater.v1.AlertTransition|null} [kind] AlertEvent kind
             * @property {string|null} [severity] AlertEvent severity
             * @property {number|Long|null} [at] AlertEvent at
             * @property {string|null} [metric] AlertEvent metric
             * @property {number|null} [value] AlertEvent value
             * @property {number|null} [threshold] AlertEvent threshold
             * @property {boolean|null} [amended] AlertEvent amended
             * @property {boolean|null} [shadow] AlertEvent shadow
             * @property {string|null} [cause] AlertEvent cause
             * @property {string|null} [by] AlertEvent by
             * @property {string|null} [comment] AlertEvent comment
             * @property {number|Long|null} [raisedAt] AlertEvent raisedAt
             * @property {number|Long|null} [clearedAt] AlertEvent clearedAt
             * @property {Array.<headwater.v1.Evidence.$Properties>|null} [evidence] AlertEvent evidence
             * @property {string|null} [writeId] AlertEvent writeId
             * @property {string|null} [text] AlertEvent text
             * @property {string|null} [assignee] AlertEvent assignee
             * @property {number|Long|null} [snoozedUntil] AlertEvent snoozedUntil
             * @property {Array.<string>|null} [mutedBy] AlertEvent mutedBy
             * @property {boolean|null} [flapping] AlertEvent flapping
             * @property {number|null} [action] AlertEvent action
             * @property {number|null} [repetition] AlertEvent repetition
             * @property {string|null} [gateway] AlertEvent gateway
             * @property {string|null} [reason] AlertEvent reason
             * @property {Object.<string,string>|null} [groupedBy] AlertEvent groupedBy
             * @property {number|null} [seen] AlertEvent seen
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of an AlertEvent.
             * @memberof headwater.v1
             * @interface IAlertEvent
             * @augments headwater.v1.AlertEvent.$Properties
             * @deprecated Use headwater.v1.AlertEvent.$Properties instead.
             */

            /**
             * Shape of an AlertEvent.
             * @typedef {headwater.v1.AlertEvent.$Properties} headwater.v1.AlertEvent.$Shape
             */

            /**
             * Constructs a new AlertEvent.
             * @memberof headwater.v1
             * @classdesc Represents an AlertEvent.
             * @constructor
             * @param {headwater.v1.AlertEvent.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const AlertEvent = function (properties) {
                this.evidence = [];
                this.mutedBy = [];
                this.groupedBy = {};
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * AlertEvent alertId.
             * @member {string} alertId
             * @memberof headwater.v1.AlertEvent
             * @instance
             */
            AlertEvent.prototype.alertId = "";

            /**
             * AlertEvent transition.
             * @member {number} transition
             * @memberof headwater.v1.AlertEvent
             * @instance
             */
            AlertEvent.prototype.transition = 0;

            /**
             * AlertEvent rule.
             * @member {string} rule
             * @memberof headwater.v1.AlertEvent
             * @instance
             */
            AlertEvent.prototype.rule = "";

            /**
             * AlertEvent revision.
             * @member {number} revision
             * @memberof headwater.v1.AlertEvent
             * @instance
             */
            AlertEvent.prototype.revision = 0;

            /**
             * AlertEvent device.
             * @member {string} device
             * @memberof headwater.v1.AlertEvent
             * @instance
             */
            AlertEvent.prototype.device = "";

            /**
             * AlertEvent kind.
             * @member {headwater.v1.AlertTransition} kind
             * @memberof headwater.v1.AlertEvent
             * @instance
             */
            AlertEvent.prototype.kind = 0;

            /**
             * AlertEvent severity.
             * @member {string} severity
             * @memberof headwater.v1.AlertEvent
             * @instance
             */
            AlertEvent.prototype.severity = "";

            /**
             * AlertEvent at.
             * @member {number|Long} at
             * @memberof headwater.v1.AlertEvent
             * @instance
             */
            AlertEvent.prototype.at = $util.Long ? $util.Long.fromBits(0,0,false) : 0;

            /**
             * AlertEvent metric.
             * @member {string} metric
             * @memberof headwater.v1.AlertEvent
             * @instance
             */
            AlertEvent.prototype.metric = "";

            /**
             * AlertEvent value.
             * @member {number} value
             * @memberof headwater.v1.AlertEvent
             * @instance
             */
            AlertEvent.prototype.value = 0;

            /**
             * AlertEvent threshold.
             * @member {number} threshold
             * @memberof headwater.v1.AlertEvent
             * @instance
             */
            AlertEvent.prototype.threshold = 0;

            /**
             * AlertEvent amended.
             * @member {boolean} amended
             * @memberof headwater.v1.AlertEvent
             * @instance
             */
            AlertEvent.prototype.amended = false;

            /**
             * AlertEvent shadow.
             * @member {boolean} shadow
             * @memberof headwater.v1.AlertEvent
             * @instance
             */
            AlertEvent.prototype.shadow = false;

            /**
             * AlertEvent cause.
             * @member {string} cause
             * @memberof headwater.v1.AlertEvent
             * @instance
             */
            AlertEvent.prototype.cause = "";

            /**
             * AlertEvent by.
             * @member {string} by
             * @memberof headwater.v1.AlertEvent
             * @instance
             */
            AlertEvent.prototype.by = "";

            /**
             * AlertEvent comment.
             * @member {string} comment
             * @memberof headwater.v1.AlertEvent
             * @instance
             */
            AlertEvent.prototype.comment = "";

            /**
             * AlertEvent raisedAt.
             * @member {number|Long} raisedAt
             * @memberof headwater.v1.AlertEvent
             * @instance
             */
            AlertEvent.prototype.raisedAt = $util.Long ? $util.Long.fromBits(0,0,false) : 0;

            /**
             * AlertEvent clearedAt.
             * @member {number|Long} clearedAt
             * @memberof headwater.v1.AlertEvent
             * @instance
             */
            AlertEvent.prototype.clearedAt = $util.Long ? $util.Long.fromBits(0,0,false) : 0;

            /**
             * AlertEvent evidence.
             * @member {Array.<headwater.v1.Evidence.$Properties>} evidence
             * @memberof headwater.v1.AlertEvent
             * @instance
             */
            AlertEvent.prototype.evidence = $util.emptyArray;

            /**
             * AlertEvent writeId.
             * @member {string} writeId
             * @memberof headwater.v1.AlertEvent
             * @instance
             */
            AlertEvent.prototype.writeId = "";

            /**
             * AlertEvent text.
             * @member {string|null|undefined} text
             * @memberof headwater.v1.AlertEvent
             * @instance
             */
            AlertEvent.prototype.text = null;

            /**
             * AlertEvent assignee.
             * @member {string} assignee
             * @memberof headwater.v1.AlertEvent
             * @instance
             */
            AlertEvent.prototype.assignee = "";

            /**
             * AlertEvent snoozedUntil.
             * @member {number|Long} snoozedUntil
             * @memberof headwater.v1.AlertEvent
             * @instance
             */
            AlertEvent.prototype.snoozedUntil = $util.Long ? $util.Long.fromBits(0,0,false) : 0;

            /**
             * AlertEvent mutedBy.
             * @member {Array.<string>} mutedBy
             * @memberof headwater.v1.AlertEvent
             * @instance
             */
            AlertEvent.prototype.mutedBy = $util.emptyArray;

            /**
             * AlertEvent flapping.
             * @member {boolean} flapping
             * @memberof headwater.v1.AlertEvent
             * @instance
             */
            AlertEvent.prototype.flapping = false;

            /**
             * AlertEvent action.
             * @member {number} action
             * @memberof headwater.v1.AlertEvent
             * @instance
             */
            AlertEvent.prototype.action = 0;

            /**
             * AlertEvent repetition.
             * @member {number} repetition
             * @memberof headwater.v1.AlertEvent
             * @instance
             */
            AlertEvent.prototype.repetition = 0;

            /**
             * AlertEvent gateway.
             * @member {string} gateway
             * @memberof headwater.v1.AlertEvent
             * @instance
             */
            AlertEvent.prototype.gateway = "";

            /**
             * AlertEvent reason.
             * @member {string} reason
             * @memberof headwater.v1.AlertEvent
             * @instance
             */
            AlertEvent.prototype.reason = "";

            /**
             * AlertEvent groupedBy.
             * @member {Object.<string,string>} groupedBy
             * @memberof headwater.v1.AlertEvent
             * @instance
             */
            AlertEvent.prototype.groupedBy = $util.emptyObject;

            /**
             * AlertEvent seen.
             * @member {number} seen
             * @memberof headwater.v1.AlertEvent
             * @instance
             */
            AlertEvent.prototype.seen = 0;

            // OneOf field names bound to virtual getters and setters
            let $oneOfFields;

            // Virtual OneOf for proto3 optional field
            $Object.defineProperty(AlertEvent.prototype, "_text", {
                get: $util.oneOfGetter($oneOfFields = ["text"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            /**
             * Encodes the specified AlertEvent message. Does not implicitly {@link headwater.v1.AlertEvent.verify|verify} messages.
             * @function encode
             * @memberof headwater.v1.AlertEvent
             * @static
             * @param {headwater.v1.AlertEvent.$Properties} message AlertEvent message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            AlertEvent.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.alertId != null && $Object.hasOwnProperty.call(message, "alertId") && message.alertId !== "")
                    writer.uint32(/* id 1, wireType 2 =*/10).string(message.alertId);
                if (message.transition != null && $Object.hasOwnProperty.call(message, "transition") && message.transition !== 0)
                    writer.uint32(/* id 2, wireType 0 =*/16).uint32(message.transition);
                if (message.rule != null && $Object.hasOwnProperty.call(message, "rule") && message.rule !== "")
                    writer.uint32(/* id 3, wireType 2 =*/26).string(message.rule);
                if (message.revision != null && $Object.hasOwnProperty.call(message, "revision") && message.revision !== 0)
                    writer.uint32(/* id 4, wireType 0 =*/32).uint32(message.revision);
                if (message.device != null && $Object.hasOwnProperty.call(message, "device") && message.device !== "")
                    writer.uint32(/* id 5, wireType 2 =*/42).string(message.device);
                if (message.kind != null && $Object.hasOwnProperty.call(message, "kind") && message.kind !== 0)
                    writer.uint32(/* id 6, wireType 0 =*/48).int32(message.kind);
                if (message.severity != null && $Object.hasOwnProperty.call(message, "severity") && message.severity !== "")
                    writer.uint32(/* id 7, wireType 2 =*/58).string(message.severity);
                if (message.at != null && $Object.hasOwnProperty.call(message, "at") && (typeof message.at === "object" ? message.at.low || message.at.high : message.at !== 0))
                    writer.uint32(/* id 8, wireType 0 =*/64).int64(message.at);
                if (message.metric != null && $Object.hasOwnProperty.call(message, "metric") && message.metric !== "")
                    writer.uint32(/* id 9, wireType 2 =*/74).string(message.metric);
                if (message.value != null && $Object.hasOwnProperty.call(message, "value") && !$Object.is(message.value, 0))
                    writer.uint32(/* id 10, wireType 1 =*/81).double(message.value);
                if (message.threshold != null && $Object.hasOwnProperty.call(message, "threshold") && !$Object.is(message.threshold, 0))
                    writer.uint32(/* id 11, wireType 1 =*/89).double(message.threshold);
                if (message.amended != null && $Object.hasOwnProperty.call(message, "amended") && message.amended !== false)
                    writer.uint32(/* id 12, wireType 0 =*/96).bool(message.amended);
                if (message.shadow != null && $Object.hasOwnProperty.call(message, "shadow") && message.shadow !== false)
                    writer.uint32(/* id 13, wireType 0 =*/104).bool(message.shadow);
                if (message.cause != null && $Object.hasOwnProperty.call(message, "cause") && message.cause !== "")
                    writer.uint32(/* id 14, wireType 2 =*/114).string(message.cause);
                if (message.by != null && $Object.hasOwnProperty.call(message, "by") && message.by !== "")
                    writer.uint32(/* id 15, wireType 2 =*/122).string(message.by);
                if (message.comment != null && $Object.hasOwnProperty.call(message, "comment") && message.comment !== "")
                    writer.uint32(/* id 16, wireType 2 =*/130).string(message.comment);
                if (message.raisedAt != null && $Object.hasOwnProperty.call(message, "raisedAt") && (typeof message.raisedAt === "object" ? message.raisedAt.low || message.raisedAt.high : message.raisedAt !== 0))
                    writer.uint32(/* id 17, wireType 0 =*/136).int64(message.raisedAt);
                if (message.clearedAt != null && $Object.hasOwnProperty.call(message, "clearedAt") && (typeof message.clearedAt === "object" ? message.clearedAt.low || message.clearedAt.high : message.clearedAt !== 0))
                    writer.uint32(/* id 18, wireType 0 =*/144).int64(message.clearedAt);
                if (message.evidence != null && message.evidence.length)
                    for (let i = 0; i < message.evidence.length; ++i)
                        $root.headwater.v1.Evidence.encode(message.evidence[i], writer.uint32(/* id 19, wireType 2 =*/154).fork(), _depth + 1).ldelim();
                if (message.writeId != null && $Object.hasOwnProperty.call(message, "writeId") && message.writeId !== "")
                    writer.uint32(/* id 20, wireType 2 =*/162).string(message.writeId);
                if (message.text != null && $Object.hasOwnProperty.call(message, "text"))
                    writer.uint32(/* id 21, wireType 2 =*/170).string(message.text);
                if (message.assignee != null && $Object.hasOwnProperty.call(message, "assignee") && message.assignee !== "")
                    writer.uint32(/* id 22, wireType 2 =*/178).string(message.assignee);
                if (message.snoozedUntil != null && $Object.hasOwnProperty.call(message, "snoozedUntil") && (typeof message.snoozedUntil === "object" ? message.snoozedUntil.low || message.snoozedUntil.high : message.snoozedUntil !== 0))
                    writer.uint32(/* id 23, wireType 0 =*/184).int64(message.snoozedUntil);
                if (message.mutedBy != null && message.mutedBy.length)
                    for (let i = 0; i < message.mutedBy.length; ++i)
                        writer.uint32(/* id 24, wireType 2 =*/194).string(message.mutedBy[i]);
                if (message.flapping != null && $Object.hasOwnProperty.call(message, "flapping") && message.flapping !== false)
                    writer.uint32(/* id 25, wireType 0 =*/200).bool(message.flapping);
                if (message.action != null && $Object.hasOwnProperty.call(message, "action") && message.action !== 0)
                    writer.uint32(/* id 26, wireType 0 =*/208).uint32(message.action);
                if (message.repetition != null && $Object.hasOwnProperty.call(message, "repetition") && message.repetition !== 0)
                    writer.uint32(/* id 27, wireType 0 =*/216).uint32(message.repetition);
                if (message.gateway != null && $Object.hasOwnProperty.call(message, "gateway") && message.gateway !== "")
                    writer.uint32(/* id 28, wireType 2 =*/226).string(message.gateway);
                if (message.reason != null && $Object.hasOwnProperty.call(message, "reason") && message.reason !== "")
                    writer.uint32(/* id 29, wireType 2 =*/234).string(message.reason);
                if (message.groupedBy != null && $Object.hasOwnProperty.call(message, "groupedBy"))
                    for (let keys = $Object.keys(message.groupedBy), i = 0; i < keys.length; ++i)
                        writer.uint32(/* id 30, wireType 2 =*/242).fork().uint32(/* id 1, wireType 2 =*/10).string(keys[i]).uint32(/* id 2, wireType 2 =*/18).string(message.groupedBy[keys[i]]).ldelim();
                if (message.seen != null && $Object.hasOwnProperty.call(message, "seen") && message.seen !== 0)
                    writer.uint32(/* id 31, wireType 0 =*/248).uint32(message.seen);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes an AlertEvent message from the specified reader or buffer.
             * @function decode
             * @memberof headwater.v1.AlertEvent
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {headwater.v1.AlertEvent & headwater.v1.AlertEvent.$Shape} AlertEvent
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            AlertEvent.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, key, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.headwater.v1.AlertEvent();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.alertId = value;
                            else
                                delete message.alertId;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.transition = value;
                            else
                                delete message.transition;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.rule = value;
                            else
                                delete message.rule;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.revision = value;
                            else
                                delete message.revision;
                            continue;
                        }
                    case 5: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.device = value;
                            else
                                delete message.device;
                            continue;
                        }
                    case 6: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.int32())
                                message.kind = value;
                            else
                                delete message.kind;
                            continue;
                        }
                    case 7: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.severity = value;
                            else
                                delete message.severity;
                            continue;
                        }
                    case 8: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                                message.at = value;
                            else
                                delete message.at;
                            continue;
                        }
                    case 9: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.metric = value;
                            else
                                delete message.metric;
                            continue;
                        }
                    case 10: {
                            if (wireType !== 1)
                                break;
                            if (!$Object.is(value = reader.double(), 0))
                                message.value = value;
                            else
                                delete message.value;
                            continue;
                        }
                    case 11: {
                            if (wireType !== 1)
                                break;
                            if (!$Object.is(value = reader.double(), 0))
                                message.threshold = value;
                            else
                                delete message.threshold;
                            continue;
                        }
                    case 12: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.bool())
                                message.amended = value;
                            else
                                delete message.amended;
                            continue;
                        }
                    case 13: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.bool())
                                message.shadow = value;
                            else
                                delete message.shadow;
                            continue;
                        }
                    case 14: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.cause = value;
                            else
                                delete message.cause;
                            continue;
                        }
                    case 15: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.by = value;
                            else
                                delete message.by;
                            continue;
                        }
                    case 16: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.comment = value;
                            else
                                delete message.comment;
                            continue;
                        }
                    case 17: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                                message.raisedAt = value;
                            else
                                delete message.raisedAt;
                            continue;
                        }
                    case 18: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                                message.clearedAt = value;
                            else
                                delete message.clearedAt;
                            continue;
                        }
                    case 19: {
                            if (wireType !== 2)
                                break;
                            if (!(message.evidence && message.evidence.length))
                                message.evidence = [];
                            message.evidence.push($root.headwater.v1.Evidence.decode(reader, reader.size(), $undefined, _depth + 1));
                            continue;
                        }
                    case 20: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.writeId = value;
                            else
                                delete message.writeId;
                            continue;
                        }
                    case 21: {
                            if (wireType !== 2)
                                break;
                            message.text = reader.stringVerify();
                            message._text = "text";
                            continue;
                        }
                    case 22: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.assignee = value;
                            else
                                delete message.assignee;
                            continue;
                        }
                    case 23: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                                message.snoozedUntil = value;
                            else
                                delete message.snoozedUntil;
                            continue;
                        }
                    case 24: {
                            if (wireType !== 2)
                                break;
                            if (!(message.mutedBy && message.mutedBy.length))
                                message.mutedBy = [];
                            message.mutedBy.push(reader.stringVerify());
                            continue;
                        }
                    case 25: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.bool())
                                message.flapping = value;
                            else
                                delete message.flapping;
                            continue;
                        }
                    case 26: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.action = value;
                            else
                                delete message.action;
                            continue;
                        }
                    case 27: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.repetition = value;
                            else
                                delete message.repetition;
                            continue;
                        }
                    case 28: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.gateway = value;
                            else
                                delete message.gateway;
                            continue;
                        }
                    case 29: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.reason = value;
                            else
                                delete message.reason;
                            continue;
                        }
                    case 30: {
                            if (wireType !== 2)
                                break;
                            if (message.groupedBy === $util.emptyObject)
                                message.groupedBy = {};
                            let end2 = reader.size() + reader.pos;
                            if (end2 > reader.len)
                                throw $RangeError("index out of range");
                            reader.len = end2;
                            key = "";
                            value = "";
                            while (reader.pos < end2) {
                                let tag2 = reader.tag();
                                wireType = tag2 & 7;
                                switch (tag2 >>>= 3) {
                                case 1:
                                    if (wireType !== 2)
                                        break;
                                    key = reader.stringVerify();
                                    continue;
                                case 2:
                                    if (wireType !== 2)
                                        break;
                                    value = reader.stringVerify();
                                    continue;
                                }
                                reader.skipType(wireType, _depth, tag2);
                            }
                            if (reader.pos !== end2)
                                throw $RangeError("index out of range");
                            reader.len = end;
                            if (key === "__proto__")
                                $util.makeProp(message.groupedBy, key);
                            message.groupedBy[key] = value;
                            continue;
                        }
                    case 31: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.seen = value;
                            else
                                delete message.seen;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return AlertEvent;
        })();

        /**
         * AlertTransition enum.
         * @name headwater.v1.AlertTransition
         * @enum {number}
         * @property {number} ALERT_TRANSITION_UNSPECIFIED=0 ALERT_TRANSITION_UNSPECIFIED value
         * @property {number} ALERT_TRANSITION_RAISED=1 ALERT_TRANSITION_RAISED value
         * @property {number} ALERT_TRANSITION_ESCALATED=2 ALERT_TRANSITION_ESCALATED value
         * @property {number} ALERT_TRANSITION_DEESCALATED=3 ALERT_TRANSITION_DEESCALATED value
         * @property {number} ALERT_TRANSITION_ACKNOWLEDGED=4 ALERT_TRANSITION_ACKNOWLEDGED value
         * @property {number} ALERT_TRANSITION_CLEARED=5 ALERT_TRANSITION_CLEARED value
         * @property {number} ALERT_TRANSITION_AMENDED=6 ALERT_TRANSITION_AMENDED value
         * @property {number} ALERT_TRANSITION_ASSIGNED=7 ALERT_TRANSITION_ASSIGNED value
         * @property {number} ALERT_TRANSITION_COMMENTED=8 ALERT_TRANSITION_COMMENTED value
         * @property {number} ALERT_TRANSITION_SNOOZED=9 ALERT_TRANSITION_SNOOZED value
         * @property {number} ALERT_TRANSITION_MUTED=10 ALERT_TRANSITION_MUTED value
         * @property {number} ALERT_TRANSITION_UNMUTED=11 ALERT_TRANSITION_UNMUTED value
         * @property {number} ALERT_TRANSITION_FLAPPING=12 ALERT_TRANSITION_FLAPPING value
         * @property {number} ALERT_TRANSITION_REPEATED=13 ALERT_TRANSITION_REPEATED value
         */
        v1.AlertTransition = (function() {
            const valuesById = $Object.create(null), values = $Object.create(valuesById);
            values[valuesById[0] = "ALERT_TRANSITION_UNSPECIFIED"] = 0;
            values[valuesById[1] = "ALERT_TRANSITION_RAISED"] = 1;
            values[valuesById[2] = "ALERT_TRANSITION_ESCALATED"] = 2;
            values[valuesById[3] = "ALERT_TRANSITION_DEESCALATED"] = 3;
            values[valuesById[4] = "ALERT_TRANSITION_ACKNOWLEDGED"] = 4;
            values[valuesById[5] = "ALERT_TRANSITION_CLEARED"] = 5;
            values[valuesById[6] = "ALERT_TRANSITION_AMENDED"] = 6;
            values[valuesById[7] = "ALERT_TRANSITION_ASSIGNED"] = 7;
            values[valuesById[8] = "ALERT_TRANSITION_COMMENTED"] = 8;
            values[valuesById[9] = "ALERT_TRANSITION_SNOOZED"] = 9;
            values[valuesById[10] = "ALERT_TRANSITION_MUTED"] = 10;
            values[valuesById[11] = "ALERT_TRANSITION_UNMUTED"] = 11;
            values[valuesById[12] = "ALERT_TRANSITION_FLAPPING"] = 12;
            values[valuesById[13] = "ALERT_TRANSITION_REPEATED"] = 13;
            return values;
        })();

        v1.Evidence = (function() {

            /**
             * Properties of an Evidence.
             * @typedef {Object} headwater.v1.Evidence.$Properties
             * @property {string|null} [gateway] Evidence gateway
             * @property {number|Long|null} [epoch] Evidence epoch
             * @property {number|null} [partition] Evidence partition
             * @property {number|Long|null} [n] Evidence n
             * @property {number|Long|null} [offset] Evidence offset
             * @property {number|Long|null} [eventTime] Evidence eventTime
             * @property {string|null} [metric] Evidence metric
             * @property {number|null} [value] Evidence value
             * @property {string|null} [role] Evidence role
             * @property {string|null} [text] Evidence text
             * @property {string|null} [derivedBy] Evidence derivedBy
             * @property {number|null} [derivedRevision] Evidence derivedRevision
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of an Evidence.
             * @memberof headwater.v1
             * @interface IEvidence
             * @augments headwater.v1.Evidence.$Properties
             * @deprecated Use headwater.v1.Evidence.$Properties instead.
             */

            /**
             * Shape of an Evidence.
             * @typedef {headwater.v1.Evidence.$Properties} headwater.v1.Evidence.$Shape
             */

            /**
             * Constructs a new Evidence.
             * @memberof headwater.v1
             * @classdesc Represents an Evidence.
             * @constructor
             * @param {headwater.v1.Evidence.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const Evidence = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * Evidence gateway.
             * @member {string} gateway
             * @memberof headwater.v1.Evidence
             * @instance
             */
            Evidence.prototype.gateway = "";

            /**
             * Evidence epoch.
             * @member {number|Long} epoch
             * @memberof headwater.v1.Evidence
             * @instance
             */
            Evidence.prototype.epoch = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

            /**
             * Evidence partition.
             * @member {number} partition
             * @memberof headwater.v1.Evidence
             * @instance
             */
            Evidence.prototype.partition = 0;

            /**
             * Evidence n.
             * @member {number|Long} n
             * @memberof headwater.v1.Evidence
             * @instance
             */
            Evidence.prototype.n = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

            /**
             * Evidence offset.
             * @member {number|Long} offset
             * @memberof headwater.v1.Evidence
             * @instance
             */
            Evidence.prototype.offset = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

            /**
             * Evidence eventTime.
             * @member {number|Long} eventTime
             * @memberof headwater.v1.Evidence
             * @instance
             */
            Evidence.prototype.eventTime = $util.Long ? $util.Long.fromBits(0,0,false) : 0;

            /**
             * Evidence metric.
             * @member {string} metric
             * @memberof headwater.v1.Evidence
             * @instance
             */
            Evidence.prototype.metric = "";

            /**
             * Evidence value.
             * @member {number} value
             * @memberof headwater.v1.Evidence
             * @instance
             */
            Evidence.prototype.value = 0;

            /**
             * Evidence role.
             * @member {string} role
             * @memberof headwater.v1.Evidence
             * @instance
             */
            Evidence.prototype.role = "";

            /**
             * Evidence text.
             * @member {string|null|undefined} text
             * @memberof headwater.v1.Evidence
             * @instance
             */
            Evidence.prototype.text = null;

            /**
             * Evidence derivedBy.
             * @member {string} derivedBy
             * @memberof headwater.v1.Evidence
             * @instance
             */
            Evidence.prototype.derivedBy = "";

            /**
             * Evidence derivedRevision.
             * @member {number} derivedRevision
             * @memberof headwater.v1.Evidence
             * @instance
             */
            Evidence.prototype.derivedRevision = 0;

            // OneOf field names bound to virtual getters and setters
            let $oneOfFields;

            // Virtual OneOf for proto3 optional field
            $Object.defineProperty(Evidence.prototype, "_text", {
                get: $util.oneOfGetter($oneOfFields = ["text"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            /**
             * Encodes the specified Evidence message. Does not implicitly {@link headwater.v1.Evidence.verify|verify} messages.
             * @function encode
             * @memberof headwater.v1.Evidence
             * @static
             * @param {headwater.v1.Evidence.$Properties} message Evidence message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            Evidence.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.gateway != null && $Object.hasOwnProperty.call(message, "gateway") && message.gateway !== "")
                    writer.uint32(/* id 1, wireType 2 =*/10).string(message.gateway);
                if (message.epoch != null && $Object.hasOwnProperty.call(message, "epoch") && (typeof message.epoch === "object" ? message.epoch.low || message.epoch.high : message.epoch !== 0))
                    writer.uint32(/* id 2, wireType 0 =*/16).uint64(message.epoch);
                if (message.partition != null && $Object.hasOwnProperty.call(message, "partition") && message.partition !== 0)
                    writer.uint32(/* id 3, wireType 0 =*/24).uint32(message.partition);
                if (message.n != null && $Object.hasOwnProperty.call(message, "n") && (typeof message.n === "object" ? message.n.low || message.n.high : message.n !== 0))
                    writer.uint32(/* id 4, wireType 0 =*/32).uint64(message.n);
                if (message.offset != null && $Object.hasOwnProperty.call(message, "offset") && (typeof message.offset === "object" ? message.offset.low || message.offset.high : message.offset !== 0))
                    writer.uint32(/* id 5, wireType 0 =*/40).uint64(message.offset);
                if (message.eventTime != null && $Object.hasOwnProperty.call(message, "eventTime") && (typeof message.eventTime === "object" ? message.eventTime.low || message.eventTime.high : message.eventTime !== 0))
                    writer.uint32(/* id 6, wireType 0 =*/48).int64(message.eventTime);
                if (message.metric != null && $Object.hasOwnProperty.call(message, "metric") && message.metric !== "")
                    writer.uint32(/* id 7, wireType 2 =*/58).string(message.metric);
                if (message.value != null && $Object.hasOwnProperty.call(message, "value") && !$Object.is(message.value, 0))
                    writer.uint32(/* id 8, wireType 1 =*/65).double(message.value);
                if (message.role != null && $Object.hasOwnProperty.call(message, "role") && message.role !== "")
                    writer.uint32(/* id 9, wireType 2 =*/74).string(message.role);
                if (message.text != null && $Object.hasOwnProperty.call(message, "text"))
                    writer.uint32(/* id 10, wireType 2 =*/82).string(message.text);
                if (message.derivedBy != null && $Object.hasOwnProperty.call(message, "derivedBy") && message.derivedBy !== "")
                    writer.uint32(/* id 11, wireType 2 =*/90).string(message.derivedBy);
                if (message.derivedRevision != null && $Object.hasOwnProperty.call(message, "derivedRevision") && message.derivedRevision !== 0)
                    writer.uint32(/* id 12, wireType 0 =*/96).uint32(message.derivedRevision);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes an Evidence message from the specified reader or buffer.
             * @function decode
             * @memberof headwater.v1.Evidence
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {headwater.v1.Evidence & headwater.v1.Evidence.$Shape} Evidence
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            Evidence.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.headwater.v1.Evidence();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.gateway = value;
                            else
                                delete message.gateway;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.epoch = value;
                            else
                                delete message.epoch;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.partition = value;
                            else
                                delete message.partition;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.n = value;
                            else
                                delete message.n;
                            continue;
                        }
                    case 5: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.offset = value;
                            else
                                delete message.offset;
                            continue;
                        }
                    case 6: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                                message.eventTime = value;
                            else
                                delete message.eventTime;
                            continue;
                        }
                    case 7: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.metric = value;
                            else
                                delete message.metric;
                            continue;
                        }
                    case 8: {
                            if (wireType !== 1)
                                break;
                            if (!$Object.is(value = reader.double(), 0))
                                message.value = value;
                            else
                                delete message.value;
                            continue;
                        }
                    case 9: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.role = value;
                            else
                                delete message.role;
                            continue;
                        }
                    case 10: {
                            if (wireType !== 2)
                                break;
                            message.text = reader.stringVerify();
                            message._text = "text";
                            continue;
                        }
                    case 11: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.derivedBy = value;
                            else
                                delete message.derivedBy;
                            continue;
                        }
                    case 12: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.derivedRevision = value;
                            else
                                delete message.derivedRevision;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return Evidence;
        })();

        v1.CommandEvent = (function() {

            /**
             * Properties of a CommandEvent.
             * @typedef {Object} headwater.v1.CommandEvent.$Properties
             * @property {string|null} [commandId] CommandEvent commandId
             * @property {string|null} [device] CommandEvent device
             * @property {number|Long|null} [at] CommandEvent at
             * @property {headwater.v1.CommandRequested.$Properties|null} [requested] CommandEvent requested
             * @property {headwater.v1.CommandClaimed.$Properties|null} [claimed] CommandEvent claimed
             * @property {headwater.v1.CommandDelivered.$Properties|null} [delivered] CommandEvent delivered
             * @property {headwater.v1.CommandReplied.$Properties|null} [succeeded] CommandEvent succeeded
             * @property {headwater.v1.CommandReplied.$Properties|null} [failed] CommandEvent failed
             * @property {headwater.v1.CommandReplied.$Properties|null} [rejected] CommandEvent rejected
             * @property {headwater.v1.CommandExpired.$Properties|null} [expired] CommandEvent expired
             * @property {headwater.v1.CommandTimedOut.$Properties|null} [timedOut] CommandEvent timedOut
             * @property {"requested"|"claimed"|"delivered"|"succeeded"|"failed"|"rejected"|"expired"|"timedOut"} [what] CommandEvent what
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a CommandEvent.
             * @memberof headwater.v1
             * @interface ICommandEvent
             * @augments headwater.v1.CommandEvent.$Properties
             * @deprecated Use headwater.v1.CommandEvent.$Properties instead.
             */

            /**
             * Narrowed shape of a CommandEvent.
             * @typedef {{
             *   commandId?: string|null;
             *   device?: string|null;
             *   at?: number|Long|null;
             *   requested?: headwater.v1.CommandRequested.$Shape|null;
             *   claimed?: headwater.v1.CommandClaimed.$Shape|null;
             *   delivered?: headwater.v1.CommandDelivered.$Shape|null;
             *   succeeded?: headwater.v1.CommandReplied.$Shape|null;
             *   failed?: headwater.v1.CommandReplied.$Shape|null;
             *   rejected?: headwater.v1.CommandReplied.$Shape|null;
             *   expired?: headwater.v1.CommandExpired.$Shape|null;
             *   timedOut?: headwater.v1.CommandTimedOut.$Shape|null;
             *   $unknowns?: Array.<Uint8Array>;
             * } & (
             *   ({ what?: undefined; requested?: null; claimed?: null; delivered?: null; succeeded?: null; failed?: null; rejected?: null; expired?: null; timedOut?: null }|{ what?: "requested"; requested: headwater.v1.CommandRequested.$Shape; claimed?: null; delivered?: null; succeeded?: null; failed?: null; rejected?: null; expired?: null; timedOut?: null }|{ what?: "claimed"; requested?: null; claimed: headwater.v1.CommandClaimed.$Shape; delivered?: null; succeeded?: null; failed?: null; rejected?: null; expired?: null; timedOut?: null }|{ what?: "delivered"; requested?: null; claimed?: null; delivered: headwater.v1.CommandDelivered.$Shape; succeeded?: null; failed?: null; rejected?: null; expired?: null; timedOut?: null }|{ what?: "succeeded"; requested?: null; claimed?: null; delivered?: null; succeeded: headwater.v1.CommandReplied.$Shape; failed?: null; rejected?: null; expired?: null; timedOut?: null }|{ what?: "failed"; requested?: null; claimed?: null; delivered?: null; succeeded?: null; failed: headwater.v1.CommandReplied.$Shape; rejected?: null; expired?: null; timedOut?: null }|{ what?: "rejected"; requested?: null; claimed?: null; delivered?: null; succeeded?: null; failed?: null; rejected: headwater.v1.CommandReplied.$Shape; expired?: null; timedOut?: null }|{ what?: "expired"; requested?: null; claimed?: null; delivered?: null; succeeded?: null; failed?: null; rejected?: null; expired: headwater.v1.CommandExpired.$Shape; timedOut?: null }|{ what?: "timedOut"; requested?: null; claimed?: null; delivered?: null; succeeded?: null; failed?: null; rejected?: null; expired?: null; timedOut: headwater.v1.CommandTimedOut.$Shape })
             * )} headwater.v1.CommandEvent.$Shape
             */

            /**
             * Constructs a new CommandEvent.
             * @memberof headwater.v1
             * @classdesc Represents a CommandEvent.
             * @constructor
             * @param {headwater.v1.CommandEvent.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const CommandEvent = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * CommandEvent commandId.
             * @member {string} commandId
             * @memberof headwater.v1.CommandEvent
             * @instance
             */
            CommandEvent.prototype.commandId = "";

            /**
             * CommandEvent device.
             * @member {string} device
             * @memberof headwater.v1.CommandEvent
             * @instance
             */
            CommandEvent.prototype.device = "";

            /**
             * CommandEvent at.
             * @member {number|Long} at
             * @memberof headwater.v1.CommandEvent
             * @instance
             */
            CommandEvent.prototype.at = $util.Long ? $util.Long.fromBits(0,0,false) : 0;

            /**
             * CommandEvent requested.
             * @member {headwater.v1.CommandRequested.$Properties|null|undefined} requested
             * @memberof headwater.v1.CommandEvent
             * @instance
             */
            CommandEvent.prototype.requested = null;

            /**
             * CommandEvent claimed.
             * @member {headwater.v1.CommandClaimed.$Properties|null|undefined} claimed
             * @memberof headwater.v1.CommandEvent
             * @instance
             */
            CommandEvent.prototype.claimed = null;

            /**
             * CommandEvent delivered.
             * @member {headwater.v1.CommandDelivered.$Properties|null|undefined} delivered
             * @memberof headwater.v1.CommandEvent
             * @instance
             */
            CommandEvent.prototype.delivered = null;

            /**
             * CommandEvent succeeded.
             * @member {headwater.v1.CommandReplied.$Properties|null|undefined} succeeded
             * @memberof headwater.v1.CommandEvent
             * @instance
             */
            CommandEvent.prototype.succeeded = null;

            /**
             * CommandEvent failed.
             * @member {headwater.v1.CommandReplied.$Properties|null|undefined} failed
             * @memberof headwater.v1.CommandEvent
             * @instance
             */
            CommandEvent.prototype.failed = null;

            /**
             * CommandEvent rejected.
             * @member {headwater.v1.CommandReplied.$Properties|null|undefined} rejected
             * @memberof headwater.v1.CommandEvent
             * @instance
             */
            CommandEvent.prototype.rejected = null;

            /**
             * CommandEvent expired.
             * @member {headwater.v1.CommandExpired.$Properties|null|undefined} expired
             * @memberof headwater.v1.CommandEvent
             * @instance
             */
            CommandEvent.prototype.expired = null;

            /**
             * CommandEvent timedOut.
             * @member {headwater.v1.CommandTimedOut.$Properties|null|undefined} timedOut
             * @memberof headwater.v1.CommandEvent
             * @instance
             */
            CommandEvent.prototype.timedOut = null;

            // OneOf field names bound to virtual getters and setters
            let $oneOfFields;

            /**
             * CommandEvent what.
             * @member {"requested"|"claimed"|"delivered"|"succeeded"|"failed"|"rejected"|"expired"|"timedOut"|undefined} what
             * @memberof headwater.v1.CommandEvent
             * @instance
             */
            $Object.defineProperty(CommandEvent.prototype, "what", {
                get: $util.oneOfGetter($oneOfFields = ["requested", "claimed", "delivered", "succeeded", "failed", "rejected", "expired", "timedOut"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            /**
             * Encodes the specified CommandEvent message. Does not implicitly {@link headwater.v1.CommandEvent.verify|verify} messages.
             * @function encode
             * @memberof headwater.v1.CommandEvent
             * @static
             * @param {headwater.v1.CommandEvent.$Properties} message CommandEvent message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            CommandEvent.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.commandId != null && $Object.hasOwnProperty.call(message, "commandId") && message.commandId !== "")
                    writer.uint32(/* id 1, wireType 2 =*/10).string(message.commandId);
                if (message.device != null && $Object.hasOwnProperty.call(message, "device") && message.device !== "")
                    writer.uint32(/* id 2, wireType 2 =*/18).string(message.device);
                if (message.at != null && $Object.hasOwnProperty.call(message, "at") && (typeof message.at === "object" ? message.at.low || message.at.high : message.at !== 0))
                    writer.uint32(/* id 3, wireType 0 =*/24).int64(message.at);
                if (message.requested != null && $Object.hasOwnProperty.call(message, "requested"))
                    $root.headwater.v1.CommandRequested.encode(message.requested, writer.uint32(/* id 4, wireType 2 =*/34).fork(), _depth + 1).ldelim();
                if (message.claimed != null && $Object.hasOwnProperty.call(message, "claimed"))
                    $root.headwater.v1.CommandClaimed.encode(message.claimed, writer.uint32(/* id 5, wireType 2 =*/42).fork(), _depth + 1).ldelim();
                if (message.delivered != null && $Object.hasOwnProperty.call(message, "delivered"))
                    $root.headwater.v1.CommandDelivered.encode(message.delivered, writer.uint32(/* id 6, wireType 2 =*/50).fork(), _depth + 1).ldelim();
                if (message.succeeded != null && $Object.hasOwnProperty.call(message, "succeeded"))
                    $root.headwater.v1.CommandReplied.encode(message.succeeded, writer.uint32(/* id 7, wireType 2 =*/58).fork(), _depth + 1).ldelim();
                if (message.failed != null && $Object.hasOwnProperty.call(message, "failed"))
                    $root.headwater.v1.CommandReplied.encode(message.failed, writer.uint32(/* id 8, wireType 2 =*/66).fork(), _depth + 1).ldelim();
                if (message.rejected != null && $Object.hasOwnProperty.call(message, "rejected"))
                    $root.headwater.v1.CommandReplied.encode(message.rejected, writer.uint32(/* id 9, wireType 2 =*/74).fork(), _depth + 1).ldelim();
                if (message.expired != null && $Object.hasOwnProperty.call(message, "expired"))
                    $root.headwater.v1.CommandExpired.encode(message.expired, writer.uint32(/* id 10, wireType 2 =*/82).fork(), _depth + 1).ldelim();
                if (message.timedOut != null && $Object.hasOwnProperty.call(message, "timedOut"))
                    $root.headwater.v1.CommandTimedOut.encode(message.timedOut, writer.uint32(/* id 11, wireType 2 =*/90).fork(), _depth + 1).ldelim();
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a CommandEvent message from the specified reader or buffer.
             * @function decode
             * @memberof headwater.v1.CommandEvent
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {headwater.v1.CommandEvent & headwater.v1.CommandEvent.$Shape} CommandEvent
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            CommandEvent.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.headwater.v1.CommandEvent();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.commandId = value;
                            else
                                delete message.commandId;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.device = value;
                            else
                                delete message.device;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                                message.at = value;
                            else
                                delete message.at;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 2)
                                break;
                            message.requested = $root.headwater.v1.CommandRequested.decode(reader, reader.size(), $undefined, _depth + 1, message.requested);
                            message.what = "requested";
                            continue;
                        }
                    case 5: {
                            if (wireType !== 2)
                                break;
                            message.claimed = $root.headwater.v1.CommandClaimed.decode(reader, reader.size(), $undefined, _depth + 1, message.claimed);
                            message.what = "claimed";
                            continue;
                        }
                    case 6: {
                            if (wireType !== 2)
                                break;
                            message.delivered = $root.headwater.v1.CommandDelivered.decode(reader, reader.size(), $undefined, _depth + 1, message.delivered);
                            message.what = "delivered";
                            continue;
                        }
                    case 7: {
                            if (wireType !== 2)
                                break;
                            message.succeeded = $root.headwater.v1.CommandReplied.decode(reader, reader.size(), $undefined, _depth + 1, message.succeeded);
                            message.what = "succeeded";
                            continue;
                        }
                    case 8: {
                            if (wireType !== 2)
                                break;
                            message.failed = $root.headwater.v1.CommandReplied.decode(reader, reader.size(), $undefined, _depth + 1, message.failed);
                            message.what = "failed";
                            continue;
                        }
                    case 9: {
                            if (wireType !== 2)
                                break;
                            message.rejected = $root.headwater.v1.CommandReplied.decode(reader, reader.size(), $undefined, _depth + 1, message.rejected);
                            message.what = "rejected";
                            continue;
                        }
                    case 10: {
                            if (wireType !== 2)
                                break;
                            message.expired = $root.headwater.v1.CommandExpired.decode(reader, reader.size(), $undefined, _depth + 1, message.expired);
                            message.what = "expired";
                            continue;
                        }
                    case 11: {
                            if (wireType !== 2)
                                break;
                            message.timedOut = $root.headwater.v1.CommandTimedOut.decode(reader, reader.size(), $undefined, _depth + 1, message.timedOut);
                            message.what = "timedOut";
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return CommandEvent;
        })();

        v1.CommandRequested = (function() {

            /**
             * Properties of a CommandRequested.
             * @typedef {Object} headwater.v1.CommandRequested.$Properties
             * @property {string|null} [name] CommandRequested name
             * @property {string|null} [params] CommandRequested params
             * @property {number|Long|null} [ttlMs] CommandRequested ttlMs
             * @property {string|null} [requestedBy] CommandRequested requestedBy
             * @property {boolean|null} [redeliver] CommandRequested redeliver
             * @property {headwater.v1.CommandCause.$Properties|null} [cause] CommandRequested cause
             * @property {number|null} [life] CommandRequested life
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a CommandRequested.
             * @memberof headwater.v1
             * @interface ICommandRequested
             * @augments headwater.v1.CommandRequested.$Properties
             * @deprecated Use headwater.v1.CommandRequested.$Properties instead.
             */

            /**
             * Shape of a CommandRequested.
             * @typedef {headwater.v1.CommandRequested.$Properties} headwater.v1.CommandRequested.$Shape
             */

            /**
             * Constructs a new CommandRequested.
             * @memberof headwater.v1
             * @classdesc Represents a CommandRequested.
             * @constructor
             * @param {headwater.v1.CommandRequested.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const CommandRequested = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * CommandRequested name.
             * @member {string} name
             * @memberof headwater.v1.CommandRequested
             * @instance
             */
            CommandRequested.prototype.name = "";

            /**
             * CommandRequested params.
             * @member {string} params
             * @memberof headwater.v1.CommandRequested
             * @instance
             */
            CommandRequested.prototype.params = "";

            /**
             * CommandRequested ttlMs.
             * @member {number|Long} ttlMs
             * @memberof headwater.v1.CommandRequested
             * @instance
             */
            CommandRequested.prototype.ttlMs = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

            /**
             * CommandRequested requestedBy.
             * @member {string} requestedBy
             * @memberof headwater.v1.CommandRequested
             * @instance
             */
            CommandRequested.prototype.requestedBy = "";

            /**
             * CommandRequested redeliver.
             * @member {boolean} redeliver
             * @memberof headwater.v1.CommandRequested
             * @instance
             */
            CommandRequested.prototype.redeliver = false;

            /**
             * CommandRequested cause.
             * @member {headwater.v1.CommandCause.$Properties|null|undefined} cause
             * @memberof headwater.v1.CommandRequested
             * @instance
             */
            CommandRequested.prototype.cause = null;

            /**
             * CommandRequested life.
             * @member {number} life
             * @memberof headwater.v1.CommandRequested
             * @instance
             */
            CommandRequested.prototype.life = 0;

            /**
             * Encodes the specified CommandRequested message. Does not implicitly {@link headwater.v1.CommandRequested.verify|verify} messages.
             * @function encode
             * @memberof headwater.v1.CommandRequested
             * @static
             * @param {headwater.v1.CommandRequested.$Properties} message CommandRequested message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            CommandRequested.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.name != null && $Object.hasOwnProperty.call(message, "name") && message.name !== "")
                    writer.uint32(/* id 1, wireType 2 =*/10).string(message.name);
                if (message.params != null && $Object.hasOwnProperty.call(message, "params") && message.params !== "")
                    writer.uint32(/* id 2, wireType 2 =*/18).string(message.params);
                if (message.ttlMs != null && $Object.hasOwnProperty.call(message, "ttlMs") && (typeof message.ttlMs === "object" ? message.ttlMs.low || message.ttlMs.high : message.ttlMs !== 0))
                    writer.uint32(/* id 3, wireType 0 =*/24).uint64(message.ttlMs);
                if (message.requestedBy != null && $Object.hasOwnProperty.call(message, "requestedBy") && message.requestedBy !== "")
                    writer.uint32(/* id 4, wireType 2 =*/34).string(message.requestedBy);
                if (message.redeliver != null && $Object.hasOwnProperty.call(message, "redeliver") && message.redeliver !== false)
                    writer.uint32(/* id 5, wireType 0 =*/40).bool(message.redeliver);
                if (message.cause != null && $Object.hasOwnProperty.call(message, "cause"))
                    $root.headwater.v1.CommandCause.encode(message.cause, writer.uint32(/* id 6, wireType 2 =*/50).fork(), _depth + 1).ldelim();
                if (message.life != null && $Object.hasOwnProperty.call(message, "life") && message.life !== 0)
                    writer.uint32(/* id 7, wireType 0 =*/56).uint32(message.life);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a CommandRequested message from the specified reader or buffer.
             * @function decode
             * @memberof headwater.v1.CommandRequested
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {headwater.v1.CommandRequested & headwater.v1.CommandRequested.$Shape} CommandRequested
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            CommandRequested.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.headwater.v1.CommandRequested();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.name = value;
                            else
                                delete message.name;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.params = value;
                            else
                                delete message.params;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.ttlMs = value;
                            else
                                delete message.ttlMs;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.requestedBy = value;
                            else
                                delete message.requestedBy;
                            continue;
                        }
                    case 5: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.bool())
                                message.redeliver = value;
                            else
                                delete message.redeliver;
                            continue;
                        }
                    case 6: {
                            if (wireType !== 2)
                                break;
                            message.cause = $root.headwater.v1.CommandCause.decode(reader, reader.size(), $undefined, _depth + 1, message.cause);
                            continue;
                        }
                    case 7: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.life = value;
                            else
                                delete message.life;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return CommandRequested;
        })();

        v1.CommandCause = (function() {

            /**
             * Properties of a CommandCause.
             * @typedef {Object} headwater.v1.CommandCause.$Properties
             * @property {string|null} [alertId] CommandCause alertId
             * @property {number|null} [transition] CommandCause transition
             * @property {number|null} [action] CommandCause action
             * @property {string|null} [rule] CommandCause rule
             * @property {number|Long|null} [eventTime] CommandCause eventTime
             * @property {number|Long|null} [time] CommandCause time
             * @property {number|null} [repetition] CommandCause repetition
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a CommandCause.
             * @memberof headwater.v1
             * @interface ICommandCause
             * @augments headwater.v1.CommandCause.$Properties
             * @deprecated Use headwater.v1.CommandCause.$Properties instead.
             */

            /**
             * Shape of a CommandCause.
             * @typedef {headwater.v1.CommandCause.$Properties} headwater.v1.CommandCause.$Shape
             */

            /**
             * Constructs a new CommandCause.
             * @memberof headwater.v1
             * @classdesc Represents a CommandCause.
             * @constructor
             * @param {headwater.v1.CommandCause.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const CommandCause = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * CommandCause alertId.
             * @member {string} alertId
             * @memberof headwater.v1.CommandCause
             * @instance
             */
            CommandCause.prototype.alertId = "";

            /**
             * CommandCause transition.
             * @member {number} transition
             * @memberof headwater.v1.CommandCause
             * @instance
             */
            CommandCause.prototype.transition = 0;

            /**
             * CommandCause action.
             * @member {number} action
             * @memberof headwater.v1.CommandCause
             * @instance
             */
            CommandCause.prototype.action = 0;

            /**
             * CommandCause rule.
             * @member {string} rule
             * @memberof headwater.v1.CommandCause
             * @instance
             */
            CommandCause.prototype.rule = "";

            /**
             * CommandCause eventTime.
             * @member {number|Long} eventTime
             * @memberof headwater.v1.CommandCause
             * @instance
             */
            CommandCause.prototype.eventTime = $util.Long ? $util.Long.fromBits(0,0,false) : 0;

            /**
             * CommandCause time.
             * @member {number|Long} time
             * @memberof headwater.v1.CommandCause
             * @instance
             */
            CommandCause.prototype.time = $util.Long ? $util.Long.fromBits(0,0,false) : 0;

            /**
             * CommandCause repetition.
             * @member {number} repetition
             * @memberof headwater.v1.CommandCause
             * @instance
             */
            CommandCause.prototype.repetition = 0;

            /**
             * Encodes the specified CommandCause message. Does not implicitly {@link headwater.v1.CommandCause.verify|verify} messages.
             * @function encode
             * @memberof headwater.v1.CommandCause
             * @static
             * @param {headwater.v1.CommandCause.$Properties} message CommandCause message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            CommandCause.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.alertId != null && $Object.hasOwnProperty.call(message, "alertId") && message.alertId !== "")
                    writer.uint32(/* id 1, wireType 2 =*/10).string(message.alertId);
                if (message.transition != null && $Object.hasOwnProperty.call(message, "transition") && message.transition !== 0)
                    writer.uint32(/* id 2, wireType 0 =*/16).uint32(message.transition);
                if (message.action != null && $Object.hasOwnProperty.call(message, "action") && message.action !== 0)
                    writer.uint32(/* id 3, wireType 0 =*/24).uint32(message.action);
                if (message.rule != null && $Object.hasOwnProperty.call(message, "rule") && message.rule !== "")
                    writer.uint32(/* id 4, wireType 2 =*/34).string(message.rule);
                if (message.eventTime != null && $Object.hasOwnProperty.call(message, "eventTime") && (typeof message.eventTime === "object" ? message.eventTime.low || message.eventTime.high : message.eventTime !== 0))
                    writer.uint32(/* id 5, wireType 0 =*/40).int64(message.eventTime);
                if (message.time != null && $Object.hasOwnProperty.call(message, "time") && (typeof message.time === "object" ? message.time.low || message.time.high : message.time !== 0))
                    writer.uint32(/* id 6, wireType 0 =*/48).int64(message.time);
                if (message.repetition != null && $Object.hasOwnProperty.call(message, "repetition") && message.repetition !== 0)
                    writer.uint32(/* id 7, wireType 0 =*/56).uint32(message.repetition);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a CommandCause message from the specified reader or buffer.
             * @function decode
             * @memberof headwater.v1.CommandCause
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {headwater.v1.CommandCause & headwater.v1.CommandCause.$Shape} CommandCause
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            CommandCause.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.headwater.v1.CommandCause();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.alertId = value;
                            else
                                delete message.alertId;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.transition = value;
                            else
                                delete message.transition;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.action = value;
                            else
                                delete message.action;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.rule = value;
                            else
                                delete message.rule;
                            continue;
                        }
                    case 5: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                                message.eventTime = value;
                            else
                                delete message.eventTime;
                            continue;
                        }
                    case 6: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                                message.time = value;
                            else
                                delete message.time;
                            continue;
                        }
                    case 7: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.repetition = value;
                            else
                                delete message.repetition;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return CommandCause;
        })();

        v1.CommandClaimed = (function() {

            /**
             * Properties of a CommandClaimed.
             * @typedef {Object} headwater.v1.CommandClaimed.$Properties
             * @property {string|null} [gateway] CommandClaimed gateway
             * @property {string|null} [session] CommandClaimed session
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a CommandClaimed.
             * @memberof headwater.v1
             * @interface ICommandClaimed
             * @augments headwater.v1.CommandClaimed.$Properties
             * @deprecated Use headwater.v1.CommandClaimed.$Properties instead.
             */

            /**
             * Shape of a CommandClaimed.
             * @typedef {headwater.v1.CommandClaimed.$Properties} headwater.v1.CommandClaimed.$Shape
             */

            /**
             * Constructs a new CommandClaimed.
             * @memberof headwater.v1
             * @classdesc Represents a CommandClaimed.
             * @constructor
             * @param {headwater.v1.CommandClaimed.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const CommandClaimed = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * CommandClaimed gateway.
             * @member {string} gateway
             * @memberof headwater.v1.CommandClaimed
             * @instance
             */
            CommandClaimed.prototype.gateway = "";

            /**
             * CommandClaimed session.
             * @member {string} session
             * @memberof headwater.v1.CommandClaimed
             * @instance
             */
            CommandClaimed.prototype.session = "";

            /**
             * Encodes the specified CommandClaimed message. Does not implicitly {@link headwater.v1.CommandClaimed.verify|verify} messages.
             * @function encode
             * @memberof headwater.v1.CommandClaimed
             * @static
             * @param {headwater.v1.CommandClaimed.$Properties} message CommandClaimed message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            CommandClaimed.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.gateway != null && $Object.hasOwnProperty.call(message, "gateway") && message.gateway !== "")
                    writer.uint32(/* id 1, wireType 2 =*/10).string(message.gateway);
                if (message.session != null && $Object.hasOwnProperty.call(message, "session") && message.session !== "")
                    writer.uint32(/* id 2, wireType 2 =*/18).string(message.session);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a CommandClaimed message from the specified reader or buffer.
             * @function decode
             * @memberof headwater.v1.CommandClaimed
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {headwater.v1.CommandClaimed & headwater.v1.CommandClaimed.$Shape} CommandClaimed
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            CommandClaimed.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.headwater.v1.CommandClaimed();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.gateway = value;
                            else
                                delete message.gateway;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.session = value;
                            else
                                delete message.session;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return CommandClaimed;
        })();

        v1.CommandDelivered = (function() {

            /**
             * Properties of a CommandDelivered.
             * @typedef {Object} headwater.v1.CommandDelivered.$Properties
             * @property {string|null} [gateway] CommandDelivered gateway
             * @property {string|null} [session] CommandDelivered session
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a CommandDelivered.
             * @memberof headwater.v1
             * @interface ICommandDelivered
             * @augments headwater.v1.CommandDelivered.$Properties
             * @deprecated Use headwater.v1.CommandDelivered.$Properties instead.
             */

            /**
             * Shape of a CommandDelivered.
             * @typedef {headwater.v1.CommandDelivered.$Properties} headwater.v1.CommandDelivered.$Shape
             */

            /**
             * Constructs a new CommandDelivered.
             * @memberof headwater.v1
             * @classdesc Represents a CommandDelivered.
             * @constructor
             * @param {headwater.v1.CommandDelivered.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const CommandDelivered = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * CommandDelivered gateway.
             * @member {string} gateway
             * @memberof headwater.v1.CommandDelivered
             * @instance
             */
            CommandDelivered.prototype.gateway = "";

            /**
             * CommandDelivered session.
             * @member {string} session
             * @memberof headwater.v1.CommandDelivered
             * @instance
             */
            CommandDelivered.prototype.session = "";

            /**
             * Encodes the specified CommandDelivered message. Does not implicitly {@link headwater.v1.CommandDelivered.verify|verify} messages.
             * @function encode
             * @memberof headwater.v1.CommandDelivered
             * @static
             * @param {headwater.v1.CommandDelivered.$Properties} message CommandDelivered message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            CommandDelivered.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.gateway != null && $Object.hasOwnProperty.call(message, "gateway") && message.gateway !== "")
                    writer.uint32(/* id 1, wireType 2 =*/10).string(message.gateway);
                if (message.session != null && $Object.hasOwnProperty.call(message, "session") && message.session !== "")
                    writer.uint32(/* id 2, wireType 2 =*/18).string(message.session);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a CommandDelivered message from the specified reader or buffer.
             * @function decode
             * @memberof headwater.v1.CommandDelivered
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {headwater.v1.CommandDelivered & headwater.v1.CommandDelivered.$Shape} CommandDelivered
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            CommandDelivered.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.headwater.v1.CommandDelivered();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.gateway = value;
                            else
                                delete message.gateway;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.session = value;
                            else
                                delete message.session;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return CommandDelivered;
        })();

        v1.CommandReplied = (function() {

            /**
             * Properties of a CommandReplied.
             * @typedef {Object} headwater.v1.CommandReplied.$Properties
             * @property {string|null} [result] CommandReplied result
             * @property {string|null} [reason] CommandReplied reason
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a CommandReplied.
             * @memberof headwater.v1
             * @interface ICommandReplied
             * @augments headwater.v1.CommandReplied.$Properties
             * @deprecated Use headwater.v1.CommandReplied.$Properties instead.
             */

            /**
             * Shape of a CommandReplied.
             * @typedef {headwater.v1.CommandReplied.$Properties} headwater.v1.CommandReplied.$Shape
             */

            /**
             * Constructs a new CommandReplied.
             * @memberof headwater.v1
             * @classdesc Represents a CommandReplied.
             * @constructor
             * @param {headwater.v1.CommandReplied.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const CommandReplied = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * CommandReplied result.
             * @member {string} result
             * @memberof headwater.v1.CommandReplied
             * @instance
             */
            CommandReplied.prototype.result = "";

            /**
             * CommandReplied reason.
             * @member {string} reason
             * @memberof headwater.v1.CommandReplied
             * @instance
             */
            CommandReplied.prototype.reason = "";

            /**
             * Encodes the specified CommandReplied message. Does not implicitly {@link headwater.v1.CommandReplied.verify|verify} messages.
             * @function encode
             * @memberof headwater.v1.CommandReplied
             * @static
             * @param {headwater.v1.CommandReplied.$Properties} message CommandReplied message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            CommandReplied.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.result != null && $Object.hasOwnProperty.call(message, "result") && message.result !== "")
                    writer.uint32(/* id 1, wireType 2 =*/10).string(message.result);
                if (message.reason != null && $Object.hasOwnProperty.call(message, "reason") && message.reason !== "")
                    writer.uint32(/* id 2, wireType 2 =*/18).string(message.reason);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a CommandReplied message from the specified reader or buffer.
             * @function decode
             * @memberof headwater.v1.CommandReplied
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {headwater.v1.CommandReplied & headwater.v1.CommandReplied.$Shape} CommandReplied
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            CommandReplied.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.headwater.v1.CommandReplied();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.result = value;
                            else
                                delete message.result;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.reason = value;
                            else
                                delete message.reason;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return CommandReplied;
        })();

        v1.CommandExpired = (function() {

            /**
             * Properties of a CommandExpired.
             * @typedef {Object} headwater.v1.CommandExpired.$Properties
             * @property {string|null} [reason] CommandExpired reason
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a CommandExpired.
             * @memberof headwater.v1
             * @interface ICommandExpired
             * @augments headwater.v1.CommandExpired.$Properties
             * @deprecated Use headwater.v1.CommandExpired.$Properties instead.
             */

            /**
             * Shape of a CommandExpired.
             * @typedef {headwater.v1.CommandExpired.$Properties} headwater.v1.CommandExpired.$Shape
             */

            /**
             * Constructs a new CommandExpired.
             * @memberof headwater.v1
             * @classdesc Represents a CommandExpired.
             * @constructor
             * @param {headwater.v1.CommandExpired.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const CommandExpired = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * CommandExpired reason.
             * @member {string} reason
             * @memberof headwater.v1.CommandExpired
             * @instance
             */
            CommandExpired.prototype.reason = "";

            /**
             * Encodes the specified CommandExpired message. Does not implicitly {@link headwater.v1.CommandExpired.verify|verify} messages.
             * @function encode
             * @memberof headwater.v1.CommandExpired
             * @static
             * @param {headwater.v1.CommandExpired.$Properties} message CommandExpired message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            CommandExpired.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.reason != null && $Object.hasOwnProperty.call(message, "reason") && message.reason !== "")
                    writer.uint32(/* id 1, wireType 2 =*/10).string(message.reason);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a CommandExpired message from the specified reader or buffer.
             * @function decode
             * @memberof headwater.v1.CommandExpired
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {headwater.v1.CommandExpired & headwater.v1.CommandExpired.$Shape} CommandExpired
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            CommandExpired.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.headwater.v1.CommandExpired();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.reason = value;
                            else
                                delete message.reason;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return CommandExpired;
        })();

        v1.CommandTimedOut = (function() {

            /**
             * Properties of a CommandTimedOut.
             * @typedef {Object} headwater.v1.CommandTimedOut.$Properties
             * @property {string|null} [reason] CommandTimedOut reason
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a CommandTimedOut.
             * @memberof headwater.v1
             * @interface ICommandTimedOut
             * @augments headwater.v1.CommandTimedOut.$Properties
             * @deprecated Use headwater.v1.CommandTimedOut.$Properties instead.
             */

            /**
             * Shape of a CommandTimedOut.
             * @typedef {headwater.v1.CommandTimedOut.$Properties} headwater.v1.CommandTimedOut.$Shape
             */

            /**
             * Constructs a new CommandTimedOut.
             * @memberof headwater.v1
             * @classdesc Represents a CommandTimedOut.
             * @constructor
             * @param {headwater.v1.CommandTimedOut.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const CommandTimedOut = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * CommandTimedOut reason.
             * @member {string} reason
             * @memberof headwater.v1.CommandTimedOut
             * @instance
             */
            CommandTimedOut.prototype.reason = "";

            /**
             * Encodes the specified CommandTimedOut message. Does not implicitly {@link headwater.v1.CommandTimedOut.verify|verify} messages.
             * @function encode
             * @memberof headwater.v1.CommandTimedOut
             * @static
             * @param {headwater.v1.CommandTimedOut.$Properties} message CommandTimedOut message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            CommandTimedOut.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.reason != null && $Object.hasOwnProperty.call(message, "reason") && message.reason !== "")
                    writer.uint32(/* id 1, wireType 2 =*/10).string(message.reason);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a CommandTimedOut message from the specified reader or buffer.
             * @function decode
             * @memberof headwater.v1.CommandTimedOut
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {headwater.v1.CommandTimedOut & headwater.v1.CommandTimedOut.$Shape} CommandTimedOut
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            CommandTimedOut.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.headwater.v1.CommandTimedOut();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.reason = value;
                            else
                                delete message.reason;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return CommandTimedOut;
        })();

        v1.DeviceEvent = (function() {

            /**
             * Properties of a DeviceEvent.
             * @typedef {Object} headwater.v1.DeviceEvent.$Properties
             * @property {string|null} [id] DeviceEvent id
             * @property {number|null} [revision] DeviceEvent revision
             * @property {boolean|null} [deleted] DeviceEvent deleted
             * @property {boolean|null} [restated] DeviceEvent restated
             * @property {string|null} [type] DeviceEvent type
             * @property {Object.<string,string>|null} [tags] DeviceEvent tags
             * @property {Object.<string,headwater.v1.AttributeValue.$Properties>|null} [attributes] DeviceEvent attributes
             * @property {Array.<headwater.v1.Credential.$Properties>|null} [credentials] DeviceEvent credentials
             * @property {number|Long|null} [createdAt] DeviceEvent createdAt
             * @property {number|Long|null} [updatedAt] DeviceEvent updatedAt
             * @property {string|null} [updatedBy] DeviceEvent updatedBy
             * @property {string|null} [writeId] DeviceEvent writeId
             * @property {number|null} [incarnation] DeviceEvent incarnation
             * @property {number|Long|null} [incarnationSince] DeviceEvent incarnationSince
             * @property {number|null} [erasedBelow] DeviceEvent erasedBelow
             * @property {number|Long|null} [erasedUntil] DeviceEvent erasedUntil
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a DeviceEvent.
             * @memberof headwater.v1
             * @interface IDeviceEvent
             * @augments headwater.v1.DeviceEvent.$Properties
             * @deprecated Use headwater.v1.DeviceEvent.$Properties instead.
             */

            /**
             * Shape of a DeviceEvent.
             * @typedef {{
             *   id?: string|null;
             *   revision?: number|null;
             *   deleted?: boolean|null;
             *   restated?: boolean|null;
             *   type?: string|null;
             *   tags?: Object.<string,string>|null;
             *   attributes?: Object.<string,headwater.v1.AttributeValue.$Shape>|null;
             *   credentials?: Array.<headwater.v1.Credential.$Shape>|null;
             *   createdAt?: number|Long|null;
             *   updatedAt?: number|Long|null;
             *   updatedBy?: string|null;
             *   writeId?: string|null;
             *   incarnation?: number|null;
             *   incarnationSince?: number|Long|null;
             *   erasedBelow?: number|null;
             *   erasedUntil?: number|Long|null;
             *   $unknowns?: Array.<Uint8Array>;
             * }} headwater.v1.DeviceEvent.$Shape
             */

            /**
             * Constructs a new DeviceEvent.
             * @memberof headwater.v1
             * @classdesc Represents a DeviceEvent.
             * @constructor
             * @param {headwater.v1.DeviceEvent.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const DeviceEvent = function (properties) {
                this.tags = {};
                this.attributes = {};
                this.credentials = [];
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * DeviceEvent id.
             * @member {string} id
             * @memberof headwater.v1.DeviceEvent
             * @instance
             */
            DeviceEvent.prototype.id = "";

            /**
             * DeviceEvent revision.
             * @member {number} revision
             * @memberof headwater.v1.DeviceEvent
             * @instance
             */
            DeviceEvent.prototype.revision = 0;

            /**
             * DeviceEvent deleted.
             * @member {boolean} deleted
             * @memberof headwater.v1.DeviceEvent
             * @instance
             */
            DeviceEvent.prototype.deleted = false;

            /**
             * DeviceEvent restated.
             * @member {boolean} restated
             * @memberof headwater.v1.DeviceEvent
             * @instance
             */
            DeviceEvent.prototype.restated = false;

            /**
             * DeviceEvent type.
             * @member {string} type
             * @memberof headwater.v1.DeviceEvent
             * @instance
             */
            DeviceEvent.prototype.type = "";

            /**
             * DeviceEvent tags.
             * @member {Object.<string,string>} tags
             * @memberof headwater.v1.DeviceEvent
             * @instance
             */
            DeviceEvent.prototype.tags = $util.emptyObject;

            /**
             * DeviceEvent attributes.
             * @member {Object.<string,headwater.v1.AttributeValue.$Properties>} attributes
             * @memberof headwater.v1.DeviceEvent
             * @instance
             */
            DeviceEvent.prototype.attributes = $util.emptyObject;

            /**
             * DeviceEvent credentials.
             * @member {Array.<headwater.v1.Credential.$Properties>} credentials
             * @memberof headwater.v1.DeviceEvent
             * @instance
             */
            DeviceEvent.prototype.credentials = $util.emptyArray;

            /**
             * DeviceEvent createdAt.
             * @member {number|Long} createdAt
             * @memberof headwater.v1.DeviceEvent
             * @instance
             */
            DeviceEvent.prototype.createdAt = $util.Long ? $util.Long.fromBits(0,0,false) : 0;

            /**
             * DeviceEvent updatedAt.
             * @member {number|Long} updatedAt
             * @memberof headwater.v1.DeviceEvent
             * @instance
             */
            DeviceEvent.prototype.updatedAt = $util.Long ? $util.Long.fromBits(0,0,false) : 0;

            /**
             * DeviceEvent updatedBy.
             * @member {string} updatedBy
             * @memberof headwater.v1.DeviceEvent
             * @instance
             */
            DeviceEvent.prototype.updatedBy = "";

            /**
             * DeviceEvent writeId.
             * @member {string} writeId
             * @memberof headwater.v1.DeviceEvent
             * @instance
             */
            DeviceEvent.prototype.writeId = "";

            /**
             * DeviceEvent incarnation.
             * @member {number} incarnation
             * @memberof headwater.v1.DeviceEvent
             * @instance
             */
            DeviceEvent.prototype.incarnation = 0;

            /**
             * DeviceEvent incarnationSince.
             * @member {number|Long} incarnationSince
             * @memberof headwater.v1.DeviceEvent
             * @instance
             */
            DeviceEvent.prototype.incarnationSince = $util.Long ? $util.Long.fromBits(0,0,false) : 0;

            /**
             * DeviceEvent erasedBelow.
             * @member {number} erasedBelow
             * @memberof headwater.v1.DeviceEvent
             * @instance
             */
            DeviceEvent.prototype.erasedBelow = 0;

            /**
             * DeviceEvent erasedUntil.
             * @member {number|Long} erasedUntil
             * @memberof headwater.v1.DeviceEvent
             * @instance
             */
            DeviceEvent.prototype.erasedUntil = $util.Long ? $util.Long.fromBits(0,0,false) : 0;

            /**
             * Encodes the specified DeviceEvent message. Does not implicitly {@link headwater.v1.DeviceEvent.verify|verify} messages.
             * @function encode
             * @memberof headwater.v1.DeviceEvent
             * @static
             * @param {headwater.v1.DeviceEvent.$Properties} message DeviceEvent message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            DeviceEvent.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.id != null && $Object.hasOwnProperty.call(message, "id") && message.id !== "")
                    writer.uint32(/* id 1, wireType 2 =*/10).string(message.id);
                if (message.revision != null && $Object.hasOwnProperty.call(message, "revision") && message.revision !== 0)
                    writer.uint32(/* id 2, wireType 0 =*/16).uint32(message.revision);
                if (message.deleted != null && $Object.hasOwnProperty.call(message, "deleted") && message.deleted !== false)
                    writer.uint32(/* id 3, wireType 0 =*/24).bool(message.deleted);
                if (message.restated != null && $Object.hasOwnProperty.call(message, "restated") && message.restated !== false)
                    writer.uint32(/* id 4, wireType 0 =*/32).bool(message.restated);
                if (message.type != null && $Object.hasOwnProperty.call(message, "type") && message.type !== "")
                    writer.uint32(/* id 5, wireType 2 =*/42).string(message.type);
                if (message.tags != null && $Object.hasOwnProperty.call(message, "tags"))
                    for (let keys = $Object.keys(message.tags), i = 0; i < keys.length; ++i)
                        writer.uint32(/* id 6, wireType 2 =*/50).fork().uint32(/* id 1, wireType 2 =*/10).string(keys[i]).uint32(/* id 2, wireType 2 =*/18).string(message.tags[keys[i]]).ldelim();
                if (message.attributes != null && $Object.hasOwnProperty.call(message, "attributes"))
                    for (let keys = $Object.keys(message.attributes), i = 0; i < keys.length; ++i) {
                        writer.uint32(/* id 7, wireType 2 =*/58).fork().uint32(/* id 1, wireType 2 =*/10).string(keys[i]);
                        $root.headwater.v1.AttributeValue.encode(message.attributes[keys[i]], writer.uint32(/* id 2, wireType 2 =*/18).fork(), _depth + 1).ldelim().ldelim();
                    }
                if (message.credentials != null && message.credentials.length)
                    for (let i = 0; i < message.credentials.length; ++i)
                        $root.headwater.v1.Credential.encode(message.credentials[i], writer.uint32(/* id 8, wireType 2 =*/66).fork(), _depth + 1).ldelim();
                if (message.createdAt != null && $Object.hasOwnProperty.call(message, "createdAt") && (typeof message.createdAt === "object" ? message.createdAt.low || message.createdAt.high : message.createdAt !== 0))
                    writer.uint32(/* id 9, wireType 0 =*/72).int64(message.createdAt);
                if (message.updatedAt != null && $Object.hasOwnProperty.call(message, "updatedAt") && (typeof message.updatedAt === "object" ? message.updatedAt.low || message.updatedAt.high : message.updatedAt !== 0))
                    writer.uint32(/* id 10, wireType 0 =*/80).int64(message.updatedAt);
                if (message.updatedBy != null && $Object.hasOwnProperty.call(message, "updatedBy") && message.updatedBy !== "")
                    writer.uint32(/* id 11, wireType 2 =*/90).string(message.updatedBy);
                if (message.writeId != null && $Object.hasOwnProperty.call(message, "writeId") && message.writeId !== "")
                    writer.uint32(/* id 12, wireType 2 =*/98).string(message.writeId);
                if (message.incarnation != null && $Object.hasOwnProperty.call(message, "incarnation") && message.incarnation !== 0)
                    writer.uint32(/* id 13, wireType 0 =*/104).uint32(message.incarnation);
                if (message.incarnationSince != null && $Object.hasOwnProperty.call(message, "incarnationSince") && (typeof message.incarnationSince === "object" ? message.incarnationSince.low || message.incarnationSince.high : message.incarnationSince !== 0))
                    writer.uint32(/* id 14, wireType 0 =*/112).int64(message.incarnationSince);
                if (message.erasedBelow != null && $Object.hasOwnProperty.call(message, "erasedBelow") && message.erasedBelow !== 0)
                    writer.uint32(/* id 15, wireType 0 =*/120).uint32(message.erasedBelow);
                if (message.erasedUntil != null && $Object.hasOwnProperty.call(message, "erasedUntil") && (typeof message.erasedUntil === "object" ? message.erasedUntil.low || message.erasedUntil.high : message.erasedUntil !== 0))
                    writer.uint32(/* id 16, wireType 0 =*/128).int64(message.erasedUntil);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a DeviceEvent message from the specified reader or buffer.
             * @function decode
             * @memberof headwater.v1.DeviceEvent
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {headwater.v1.DeviceEvent & headwater.v1.DeviceEvent.$Shape} DeviceEvent
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            DeviceEvent.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, key, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.headwater.v1.DeviceEvent();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.id = value;
                            else
                                delete message.id;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.revision = value;
                            else
                                delete message.revision;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.bool())
                                message.deleted = value;
                            else
                                delete message.deleted;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.bool())
                                message.restated = value;
                            else
                                delete message.restated;
                            continue;
                        }
                    case 5: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.type = value;
                            else
                                delete message.type;
                            continue;
                        }
                    case 6: {
                            if (wireType !== 2)
                                break;
                            if (message.tags === $util.emptyObject)
                                message.tags = {};
                            let end2 = reader.size() + reader.pos;
                            if (end2 > reader.len)
                                throw $RangeError("index out of range");
                            reader.len = end2;
                            key = "";
                            value = "";
                            while (reader.pos < end2) {
                                let tag2 = reader.tag();
                                wireType = tag2 & 7;
                                switch (tag2 >>>= 3) {
                                case 1:
                                    if (wireType !== 2)
                                        break;
                                    key = reader.stringVerify();
                                    continue;
                                case 2:
                                    if (wireType !== 2)
                                        break;
                                    value = reader.stringVerify();
                                    continue;
                                }
                                reader.skipType(wireType, _depth, tag2);
                            }
                            if (reader.pos !== end2)
                                throw $RangeError("index out of range");
                            reader.len = end;
                            if (key === "__proto__")
                                $util.makeProp(message.tags, key);
                            message.tags[key] = value;
                            continue;
                        }
                    case 7: {
                            if (wireType !== 2)
                                break;
                            if (message.attributes === $util.emptyObject)
                                message.attributes = {};
                            let end2 = reader.size() + reader.pos;
                            if (end2 > reader.len)
                                throw $RangeError("index out of range");
                            reader.len = end2;
                            key = "";
                            value = null;
                            while (reader.pos < end2) {
                                let tag2 = reader.tag();
                                wireType = tag2 & 7;
                                switch (tag2 >>>= 3) {
                                case 1:
                                    if (wireType !== 2)
                                        break;
                                    key = reader.stringVerify();
                                    continue;
                                case 2:
                                    if (wireType !== 2)
                                        break;
                                    value = $root.headwater.v1.AttributeValue.decode(reader, reader.size(), $undefined, _depth + 1, value);
                                    continue;
                                }
                                reader.skipType(wireType, _depth, tag2);
                            }
                            if (reader.pos !== end2)
                                throw $RangeError("index out of range");
                            reader.len = end;
                            if (key === "__proto__")
                                $util.makeProp(message.attributes, key);
                            message.attributes[key] = value || new $root.headwater.v1.AttributeValue();
                            continue;
                        }
                    case 8: {
                            if (wireType !== 2)
                                break;
                            if (!(message.credentials && message.credentials.length))
                                message.credentials = [];
                            message.credentials.push($root.headwater.v1.Credential.decode(reader, reader.size(), $undefined, _depth + 1));
                            continue;
                        }
                    case 9: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                                message.createdAt = value;
                            else
                                delete message.createdAt;
                            continue;
                        }
                    case 10: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                                message.updatedAt = value;
                            else
                                delete message.updatedAt;
                            continue;
                        }
                    case 11: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.updatedBy = value;
                            else
                                delete message.updatedBy;
                            continue;
                        }
                    case 12: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.writeId = value;
                            else
                                delete message.writeId;
                            continue;
                        }
                    case 13: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.incarnation = value;
                            else
                                delete message.incarnation;
                            continue;
                        }
                    case 14: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                                message.incarnationSince = value;
                            else
                                delete message.incarnationSince;
                            continue;
                        }
                    case 15: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.erasedBelow = value;
                            else
                                delete message.erasedBelow;
                            continue;
                        }
                    case 16: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                                message.erasedUntil = value;
                            else
                                delete message.erasedUntil;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return DeviceEvent;
        })();

        v1.AttributeValue = (function() {

            /**
             * Properties of an AttributeValue.
             * @typedef {Object} headwater.v1.AttributeValue.$Properties
             * @property {number|null} [number] AttributeValue number
             * @property {boolean|null} [boolean] AttributeValue boolean
             * @property {string|null} [text] AttributeValue text
             * @property {"number"|"boolean"|"text"} [value] AttributeValue value
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of an AttributeValue.
             * @memberof headwater.v1
             * @interface IAttributeValue
             * @augments headwater.v1.AttributeValue.$Properties
             * @deprecated Use headwater.v1.AttributeValue.$Properties instead.
             */

            /**
             * Narrowed shape of an AttributeValue.
             * @typedef {{
             *   number?: number|null;
             *   boolean?: boolean|null;
             *   text?: string|null;
             *   $unknowns?: Array.<Uint8Array>;
             * } & (
             *   ({ value?: undefined; number?: null; boolean?: null; text?: null }|{ value?: "number"; number: number; boolean?: null; text?: null }|{ value?: "boolean"; number?: null; boolean: boolean; text?: null }|{ value?: "text"; number?: null; boolean?: null; text: string })
             * )} headwater.v1.AttributeValue.$Shape
             */

            /**
             * Constructs a new AttributeValue.
             * @memberof headwater.v1
             * @classdesc Represents an AttributeValue.
             * @constructor
             * @param {headwater.v1.AttributeValue.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const AttributeValue = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * AttributeValue number.
             * @member {number|null|undefined} number
             * @memberof headwater.v1.AttributeValue
             * @instance
             */
            AttributeValue.prototype.number = null;

            /**
             * AttributeValue boolean.
             * @member {boolean|null|undefined} boolean
             * @memberof headwater.v1.AttributeValue
             * @instance
             */
            AttributeValue.prototype.boolean = null;

            /**
             * AttributeValue text.
             * @member {string|null|undefined} text
             * @memberof headwater.v1.AttributeValue
             * @instance
             */
            AttributeValue.prototype.text = null;

            // OneOf field names bound to virtual getters and setters
            let $oneOfFields;

            /**
             * AttributeValue value.
             * @member {"number"|"boolean"|"text"|undefined} value
             * @memberof headwater.v1.AttributeValue
             * @instance
             */
            $Object.defineProperty(AttributeValue.prototype, "value", {
                get: $util.oneOfGetter($oneOfFields = ["number", "boolean", "text"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            /**
             * Encodes the specified AttributeValue message. Does not implicitly {@link headwater.v1.AttributeValue.verify|verify} messages.
             * @function encode
             * @memberof headwater.v1.AttributeValue
             * @static
             * @param {headwater.v1.AttributeValue.$Properties} message AttributeValue message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            AttributeValue.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.number != null && $Object.hasOwnProperty.call(message, "number"))
                    writer.uint32(/* id 1, wireType 1 =*/9).double(message.number);
                if (message.boolean != null && $Object.hasOwnProperty.call(message, "boolean"))
                    writer.uint32(/* id 2, wireType 0 =*/16).bool(message.boolean);
                if (message.text != null && $Object.hasOwnProperty.call(message, "text"))
                    writer.uint32(/* id 3, wireType 2 =*/26).string(message.text);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes an AttributeValue message from the specified reader or buffer.
             * @function decode
             * @memberof headwater.v1.AttributeValue
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {headwater.v1.AttributeValue & headwater.v1.AttributeValue.$Shape} AttributeValue
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            AttributeValue.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.headwater.v1.AttributeValue();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 1)
                                break;
                            message.number = reader.double();
                            message.value = "number";
                            continue;
                        }
                    case 2: {
                            if (wireType !== 0)
                                break;
                            message.boolean = reader.bool();
                            message.value = "boolean";
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            message.text = reader.stringVerify();
                            message.value = "text";
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return AttributeValue;
        })();

        v1.Credential = (function() {

            /**
             * Properties of a Credential.
             * @typedef {Object} headwater.v1.Credential.$Properties
             * @property {string|null} [id] Credential id
             * @property {string|null} [kind] Credential kind
             * @property {Uint8Array|null} [hash] Credential hash
             * @property {number|Long|null} [createdAt] Credential createdAt
             * @property {number|Long|null} [expiresAt] Credential expiresAt
             * @property {string|null} [subject] Credential subject
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a Credential.
             * @memberof headwater.v1
             * @interface ICredential
             * @augments headwater.v1.Credential.$Properties
             * @deprecated Use headwater.v1.Credential.$Properties instead.
             */

            /**
             * Shape of a Credential.
             * @typedef {headwater.v1.Credential.$Properties} headwater.v1.Credential.$Shape
             */

            /**
             * Constructs a new Credential.
             * @memberof headwater.v1
             * @classdesc Represents a Credential.
             * @constructor
             * @param {headwater.v1.Credential.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const Credential = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * Credential id.
             * @member {string} id
             * @memberof headwater.v1.Credential
             * @instance
             */
            Credential.prototype.id = "";

            /**
             * Credential kind.
             * @member {string} kind
             * @memberof headwater.v1.Credential
             * @instance
             */
            Credential.prototype.kind = "";

            /**
             * Credential hash.
             * @member {Uint8Array} hash
             * @memberof headwater.v1.Credential
             * @instance
             */
            Credential.prototype.hash = $util.newBuffer([]);

            /**
             * Credential createdAt.
             * @member {number|Long} createdAt
             * @memberof headwater.v1.Credential
             * @instance
             */
            Credential.prototype.createdAt = $util.Long ? $util.Long.fromBits(0,0,false) : 0;

            /**
             * Credential expiresAt.
             * @member {number|Long} expiresAt
             * @memberof headwater.v1.Credential
             * @instance
             */
            Credential.prototype.expiresAt = $util.Long ? $util.Long.fromBits(0,0,false) : 0;

            /**
             * Credential subject.
             * @member {string} subject
             * @memberof headwater.v1.Credential
             * @instance
             */
            Credential.prototype.subject = "";

            /**
             * Encodes the specified Credential message. Does not implicitly {@link headwater.v1.Credential.verify|verify} messages.
             * @function encode
             * @memberof headwater.v1.Credential
             * @static
             * @param {headwater.v1.Credential.$Properties} message Credential message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            Credential.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.id != null && $Object.hasOwnProperty.call(message, "id") && message.id !== "")
                    writer.uint32(/* id 1, wireType 2 =*/10).string(message.id);
                if (message.kind != null && $Object.hasOwnProperty.call(message, "kind") && message.kind !== "")
                    writer.uint32(/* id 2, wireType 2 =*/18).string(message.kind);
                if (message.hash != null && $Object.hasOwnProperty.call(message, "hash") && message.hash.length)
                    writer.uint32(/* id 3, wireType 2 =*/26).bytes(message.hash);
                if (message.createdAt != null && $Object.hasOwnProperty.call(message, "createdAt") && (typeof message.createdAt === "object" ? message.createdAt.low || message.createdAt.high : message.createdAt !== 0))
                    writer.uint32(/* id 4, wireType 0 =*/32).int64(message.createdAt);
                if (message.expiresAt != null && $Object.hasOwnProperty.call(message, "expiresAt") && (typeof message.expiresAt === "object" ? message.expiresAt.low || message.expiresAt.high : message.expiresAt !== 0))
                    writer.uint32(/* id 5, wireType 0 =*/40).int64(message.expiresAt);
                if (message.subject != null && $Object.hasOwnProperty.call(message, "subject") && message.subject !== "")
                    writer.uint32(/* id 6, wireType 2 =*/50).string(message.subject);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a Credential message from the specified reader or buffer.
             * @function decode
             * @memberof headwater.v1.Credential
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {headwater.v1.Credential & headwater.v1.Credential.$Shape} Credential
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            Credential.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.headwater.v1.Credential();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.id = value;
                            else
                                delete message.id;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.kind = value;
                            else
                                delete message.kind;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.bytes()).length)
                                message.hash = value;
                            else
                                delete message.hash;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                                message.createdAt = value;
                            else
                                delete message.createdAt;
                            continue;
                        }
                    case 5: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                                message.expiresAt = value;
                            else
                                delete message.expiresAt;
                            continue;
                        }
                    case 6: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.subject = value;
                            else
                                delete message.subject;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return Credential;
        })();

        v1.PresenceEvent = (function() {

            /**
             * Properties of a PresenceEvent.
             * @typedef {Object} headwater.v1.PresenceEvent.$Properties
             * @property {string|null} [device] PresenceEvent device
             * @property {string|null} [session] PresenceEvent session
             * @property {string|null} [gateway] PresenceEvent gateway
             * @property {number|Long|null} [at] PresenceEvent at
             * @property {headwater.v1.Connected.$Properties|null} [connected] PresenceEvent connected
             * @property {headwater.v1.Disconnected.$Properties|null} [disconnected] PresenceEvent disconnected
             * @property {headwater.v1.LastWill.$Properties|null} [lastWill] PresenceEvent lastWill
             * @property {"connected"|"disconnected"|"lastWill"} [what] PresenceEvent what
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a PresenceEvent.
             * @memberof headwater.v1
             * @interface IPresenceEvent
             * @augments headwater.v1.PresenceEvent.$Properties
             * @deprecated Use headwater.v1.PresenceEvent.$Properties instead.
             */

            /**
             * Narrowed shape of a PresenceEvent.
             * @typedef {{
             *   device?: string|null;
             *   session?: string|null;
             *   gateway?: string|null;
             *   at?: number|Long|null;
             *   connected?: headwater.v1.Connected.$Shape|null;
             *   disconnected?: headwater.v1.Disconnected.$Shape|null;
             *   lastWill?: headwater.v1.LastWill.$Shape|null;
             *   $unknowns?: Array.<Uint8Array>;
             * } & (
             *   ({ what?: undefined; connected?: null; disconnected?: null; lastWill?: null }|{ what?: "connected"; connected: headwater.v1.Connected.$Shape; disconnected?: null; lastWill?: null }|{ what?: "disconnected"; connected?: null; disconnected: headwater.v1.Disconnected.$Shape; lastWill?: null }|{ what?: "lastWill"; connected?: null; disconnected?: null; lastWill: headwater.v1.LastWill.$Shape })
             * )} headwater.v1.PresenceEvent.$Shape
             */

            /**
             * Constructs a new PresenceEvent.
             * @memberof headwater.v1
             * @classdesc Represents a PresenceEvent.
             * @constructor
             * @param {headwater.v1.PresenceEvent.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const PresenceEvent = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * PresenceEvent device.
             * @member {string} device
             * @memberof headwater.v1.PresenceEvent
             * @instance
             */
            PresenceEvent.prototype.device = "";

            /**
             * PresenceEvent session.
             * @member {string} session
             * @memberof headwater.v1.PresenceEvent
             * @instance
             */
            PresenceEvent.prototype.session = "";

            /**
             * PresenceEvent gateway.
             * @member {string} gateway
             * @memberof headwater.v1.PresenceEvent
             * @instance
             */
            PresenceEvent.prototype.gateway = "";

            /**
             * PresenceEvent at.
             * @member {number|Long} at
             * @memberof headwater.v1.PresenceEvent
             * @instance
             */
            PresenceEvent.prototype.at = $util.Long ? $util.Long.fromBits(0,0,false) : 0;

            /**
             * PresenceEvent connected.
             * @member {headwater.v1.Connected.$Properties|null|undefined} connected
             * @memberof headwater.v1.PresenceEvent
             * @instance
             */
            PresenceEvent.prototype.connected = null;

            /**
             * PresenceEvent disconnected.
             * @member {headwater.v1.Disconnected.$Properties|null|undefined} disconnected
             * @memberof headwater.v1.PresenceEvent
             * @instance
             */
            PresenceEvent.prototype.disconnected = null;

            /**
             * PresenceEvent lastWill.
             * @member {headwater.v1.LastWill.$Properties|null|undefined} lastWill
             * @memberof headwater.v1.PresenceEvent
             * @instance
             */
            PresenceEvent.prototype.lastWill = null;

            // OneOf field names bound to virtual getters and setters
            let $oneOfFields;

            /**
             * PresenceEvent what.
             * @member {"connected"|"disconnected"|"lastWill"|undefined} what
             * @memberof headwater.v1.PresenceEvent
             * @instance
             */
            $Object.defineProperty(PresenceEvent.prototype, "what", {
                get: $util.oneOfGetter($oneOfFields = ["connected", "disconnected", "lastWill"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            /**
             * Encodes the specified PresenceEvent message. Does not implicitly {@link headwater.v1.PresenceEvent.verify|verify} messages.
             * @function encode
             * @memberof headwater.v1.PresenceEvent
             * @static
             * @param {headwater.v1.PresenceEvent.$Properties} message PresenceEvent message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            PresenceEvent.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.device != null && $Object.hasOwnProperty.call(message, "device") && message.device !== "")
                    writer.uint32(/* id 1, wireType 2 =*/10).string(message.device);
                if (message.session != null && $Object.hasOwnProperty.call(message, "session") && message.session !== "")
                    writer.uint32(/* id 2, wireType 2 =*/18).string(message.session);
                if (message.gateway != null && $Object.hasOwnProperty.call(message, "gateway") && message.gateway !== "")
                    writer.uint32(/* id 3, wireType 2 =*/26).string(message.gateway);
                if (message.at != null && $Object.hasOwnProperty.call(message, "at") && (typeof message.at === "object" ? message.at.low || message.at.high : message.at !== 0))
                    writer.uint32(/* id 4, wireType 0 =*/32).int64(message.at);
                if (message.connected != null && $Object.hasOwnProperty.call(message, "connected"))
                    $root.headwater.v1.Connected.encode(message.connected, writer.uint32(/* id 5, wireType 2 =*/42).fork(), _depth + 1).ldelim();
                if (message.disconnected != null && $Object.hasOwnProperty.call(message, "disconnected"))
                    $root.headwater.v1.Disconnected.encode(message.disconnected, writer.uint32(/* id 6, wireType 2 =*/50).fork(), _depth + 1).ldelim();
                if (message.lastWill != null && $Object.hasOwnProperty.call(message, "lastWill"))
                    $root.headwater.v1.LastWill.encode(message.lastWill, writer.uint32(/* id 7, wireType 2 =*/58).fork(), _depth + 1).ldelim();
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a PresenceEvent message from the specified reader or buffer.
             * @function decode
             * @memberof headwater.v1.PresenceEvent
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {headwater.v1.PresenceEvent & headwater.v1.PresenceEvent.$Shape} PresenceEvent
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            PresenceEvent.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.headwater.v1.PresenceEvent();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.device = value;
                            else
                                delete message.device;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.session = value;
                            else
                                delete message.session;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.gateway = value;
                            else
                                delete message.gateway;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                                message.at = value;
                            else
                                delete message.at;
                            continue;
                        }
                    case 5: {
                            if (wireType !== 2)
                                break;
                            message.connected = $root.headwater.v1.Connected.decode(reader, reader.size(), $undefined, _depth + 1, message.connected);
                            message.what = "connected";
                            continue;
                        }
                    case 6: {
                            if (wireType !== 2)
                                break;
                            message.disconnected = $root.headwater.v1.Disconnected.decode(reader, reader.size(), $undefined, _depth + 1, message.disconnected);
                            message.what = "disconnected";
                            continue;
                        }
                    case 7: {
                            if (wireType !== 2)
                                break;
                            message.lastWill = $root.headwater.v1.LastWill.decode(reader, reader.size(), $undefined, _depth + 1, message.lastWill);
                            message.what = "lastWill";
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return PresenceEvent;
        })();

        v1.Connected = (function() {

            /**
             * Properties of a Connected.
             * @typedef {Object} headwater.v1.Connected.$Properties
             * @property {string|null} [clientId] Connected clientId
             * @property {string|null} [address] Connected address
             * @property {boolean|null} [cleanSession] Connected cleanSession
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a Connected.
             * @memberof headwater.v1
             * @interface IConnected
             * @augments headwater.v1.Connected.$Properties
             * @deprecated Use headwater.v1.Connected.$Properties instead.
             */

            /**
             * Shape of a Connected.
             * @typedef {headwater.v1.Connected.$Properties} headwater.v1.Connected.$Shape
             */

            /**
             * Constructs a new Connected.
             * @memberof headwater.v1
             * @classdesc Represents a Connected.
             * @constructor
             * @param {headwater.v1.Connected.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const Connected = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * Connected clientId.
             * @member {string} clientId
             * @memberof headwater.v1.Connected
             * @instance
             */
            Connected.prototype.clientId = "";

            /**
             * Connected address.
             * @member {string} address
             * @memberof headwater.v1.Connected
             * @instance
             */
            Connected.prototype.address = "";

            /**
             * Connected cleanSession.
             * @member {boolean} cleanSession
             * @memberof headwater.v1.Connected
             * @instance
             */
            Connected.prototype.cleanSession = false;

            /**
             * Encodes the specified Connected message. Does not implicitly {@link headwater.v1.Connected.verify|verify} messages.
             * @function encode
             * @memberof headwater.v1.Connected
             * @static
             * @param {headwater.v1.Connected.$Properties} message Connected message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            Connected.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.clientId != null && $Object.hasOwnProperty.call(message, "clientId") && message.clientId !== "")
                    writer.uint32(/* id 1, wireType 2 =*/10).string(message.clientId);
                if (message.address != null && $Object.hasOwnProperty.call(message, "address") && message.address !== "")
                    writer.uint32(/* id 2, wireType 2 =*/18).string(message.address);
                if (message.cleanSession != null && $Object.hasOwnProperty.call(message, "cleanSession") && message.cleanSession !== false)
                    writer.uint32(/* id 3, wireType 0 =*/24).bool(message.cleanSession);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a Connected message from the specified reader or buffer.
             * @function decode
             * @memberof headwater.v1.Connected
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {headwater.v1.Connected & headwater.v1.Connected.$Shape} Connected
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            Connected.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.headwater.v1.Connected();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.clientId = value;
                            else
                                delete message.clientId;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.address = value;
                            else
                                delete message.address;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.bool())
                                message.cleanSession = value;
                            else
                                delete message.cleanSession;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return Connected;
        })();

        v1.Disconnected = (function() {

            /**
             * Properties of a Disconnected.
             * @typedef {Object} headwater.v1.Disconnected.$Properties
             * @property {string|null} [reason] Disconnected reason
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a Disconnected.
             * @memberof headwater.v1
             * @interface IDisconnected
             * @augments headwater.v1.Disconnected.$Properties
             * @deprecated Use headwater.v1.Disconnected.$Properties instead.
             */

            /**
             * Shape of a Disconnected.
             * @typedef {headwater.v1.Disconnected.$Properties} headwater.v1.Disconnected.$Shape
             */

            /**
             * Constructs a new Disconnected.
             * @memberof headwater.v1
             * @classdesc Represents a Disconnected.
             * @constructor
             * @param {headwater.v1.Disconnected.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const Disconnected = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * Disconnected reason.
             * @member {string} reason
             * @memberof headwater.v1.Disconnected
             * @instance
             */
            Disconnected.prototype.reason = "";

            /**
             * Encodes the specified Disconnected message. Does not implicitly {@link headwater.v1.Disconnected.verify|verify} messages.
             * @function encode
             * @memberof headwater.v1.Disconnected
             * @static
             * @param {headwater.v1.Disconnected.$Properties} message Disconnected message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            Disconnected.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.reason != null && $Object.hasOwnProperty.call(message, "reason") && message.reason !== "")
                    writer.uint32(/* id 1, wireType 2 =*/10).string(message.reason);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a Disconnected message from the specified reader or buffer.
             * @function decode
             * @memberof headwater.v1.Disconnected
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {headwater.v1.Disconnected & headwater.v1.Disconnected.$Shape} Disconnected
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            Disconnected.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.headwater.v1.Disconnected();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.reason = value;
                            else
                                delete message.reason;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return Disconnected;
        })();

        v1.LastWill = (function() {

            /**
             * Properties of a LastWill.
             * @typedef {Object} headwater.v1.LastWill.$Properties
             * @property {string|null} [topic] LastWill topic
             * @property {Uint8Array|null} [payload] LastWill payload
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a LastWill.
             * @memberof headwater.v1
             * @interface ILastWill
             * @augments headwater.v1.LastWill.$Properties
             * @deprecated Use headwater.v1.LastWill.$Properties instead.
             */

            /**
             * Shape of a LastWill.
             * @typedef {headwater.v1.LastWill.$Properties} headwater.v1.LastWill.$Shape
             */

            /**
             * Constructs a new LastWill.
             * @memberof headwater.v1
             * @classdesc Represents a LastWill.
             * @constructor
             * @param {headwater.v1.LastWill.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const LastWill = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * LastWill topic.
             * @member {string} topic
             * @memberof headwater.v1.LastWill
             * @instance
             */
            LastWill.prototype.topic = "";

            /**
             * LastWill payload.
             * @member {Uint8Array} payload
             * @memberof headwater.v1.LastWill
             * @instance
             */
            LastWill.prototype.payload = $util.newBuffer([]);

            /**
             * Encodes the specified LastWill message. Does not implicitly {@link headwater.v1.LastWill.verify|verify} messages.
             * @function encode
             * @memberof headwater.v1.LastWill
             * @static
             * @param {headwater.v1.LastWill.$Properties} message LastWill message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            LastWill.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.topic != null && $Object.hasOwnProperty.call(message, "topic") && message.topic !== "")
                    writer.uint32(/* id 1, wireType 2 =*/10).string(message.topic);
                if (message.payload != null && $Object.hasOwnProperty.call(message, "payload") && message.payload.length)
                    writer.uint32(/* id 2, wireType 2 =*/18).bytes(message.payload);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a LastWill message from the specified reader or buffer.
             * @function decode
             * @memberof headwater.v1.LastWill
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {headwater.v1.LastWill & headwater.v1.LastWill.$Shape} LastWill
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            LastWill.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.headwater.v1.LastWill();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.topic = value;
                            else
                                delete message.topic;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.bytes()).length)
                                message.payload = value;
                            else
                                delete message.payload;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return LastWill;
        })();

        v1.QuarantineEvent = (function() {

            /**
             * Properties of a QuarantineEvent.
             * @typedef {Object} headwater.v1.QuarantineEvent.$Properties
             * @property {string|null} [id] QuarantineEvent id
             * @property {string|null} [device] QuarantineEvent device
             * @property {number|Long|null} [at] QuarantineEvent at
             * @property {string|null} [stage] QuarantineEvent stage
             * @property {string|null} [reason] QuarantineEvent reason
             * @property {Uint8Array|null} [payload] QuarantineEvent payload
             * @property {string|null} [gateway] QuarantineEvent gateway
             * @property {string|null} [mqttTopic] QuarantineEvent mqttTopic
             * @property {string|null} [logTopic] QuarantineEvent logTopic
             * @property {number|null} [logPartition] QuarantineEvent logPartition
             * @property {number|Long|null} [logOffset] QuarantineEvent logOffset
             * @property {number|null} [attempt] QuarantineEvent attempt
             * @property {Array.<string>|null} [metrics] QuarantineEvent metrics
             * @property {string|null} [cause] QuarantineEvent cause
             * @property {headwater.v1.QuarantineFix.$Properties|null} [fixed] QuarantineEvent fixed
             * @property {headwater.v1.QuarantineRequest.$Properties|null} [requested] QuarantineEvent requested
             * @property {headwater.v1.QuarantineClaim.$Properties|null} [claimed] QuarantineEvent claimed
             * @property {headwater.v1.QuarantineRedriven.$Properties|null} [redriven] QuarantineEvent redriven
             * @property {number|null} [incarnation] QuarantineEvent incarnation
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a QuarantineEvent.
             * @memberof headwater.v1
             * @interface IQuarantineEvent
             * @augments headwater.v1.QuarantineEvent.$Properties
             * @deprecated Use headwater.v1.QuarantineEvent.$Properties instead.
             */

            /**
             * Shape of a QuarantineEvent.
             * @typedef {headwater.v1.QuarantineEvent.$Properties} headwater.v1.QuarantineEvent.$Shape
             */

            /**
             * Constructs a new QuarantineEvent.
             * @memberof headwater.v1
             * @classdesc Represents a QuarantineEvent.
             * @constructor
             * @param {headwater.v1.QuarantineEvent.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const QuarantineEvent = function (properties) {
                this.metrics = [];
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * QuarantineEvent id.
             * @member {string} id
             * @memberof headwater.v1.QuarantineEvent
             * @instance
             */
            QuarantineEvent.prototype.id = "";

            /**
             * QuarantineEvent device.
             * @member {string} device
             * @memberof headwater.v1.QuarantineEvent
             * @instance
             */
            QuarantineEvent.prototype.device = "";

            /**
             * QuarantineEvent at.
             * @member {number|Long} at
             * @memberof headwater.v1.QuarantineEvent
             * @instance
             */
            QuarantineEvent.prototype.at = $util.Long ? $util.Long.fromBits(0,0,false) : 0;

            /**
             * QuarantineEvent stage.
             * @member {string} stage
             * @memberof headwater.v1.QuarantineEvent
             * @instance
             */
            QuarantineEvent.prototype.stage = "";

            /**
             * QuarantineEvent reason.
             * @member {string} reason
             * @memberof headwater.v1.QuarantineEvent
             * @instance
             */
            QuarantineEvent.prototype.reason = "";

            /**
             * QuarantineEvent payload.
             * @member {Uint8Array} payload
             * @memberof headwater.v1.QuarantineEvent
             * @instance
             */
            QuarantineEvent.prototype.payload = $util.newBuffer([]);

            /**
             * QuarantineEvent gateway.
             * @member {string} gateway
             * @memberof headwater.v1.QuarantineEvent
             * @instance
             */
            QuarantineEvent.prototype.gateway = "";

            /**
             * QuarantineEvent mqttTopic.
             * @member {string} mqttTopic
             * @memberof headwater.v1.QuarantineEvent
             * @instance
             */
            QuarantineEvent.prototype.mqttTopic = "";

            /**
             * QuarantineEvent logTopic.
             * @member {string} logTopic
             * @memberof headwater.v1.QuarantineEvent
             * @instance
             */
            QuarantineEvent.prototype.logTopic = "";

            /**
             * QuarantineEvent logPartition.
             * @member {number} logPartition
             * @memberof headwater.v1.QuarantineEvent
             * @instance
             */
            QuarantineEvent.prototype.logPartition = 0;

            /**
             * QuarantineEvent logOffset.
             * @member {number|Long} logOffset
             * @memberof headwater.v1.QuarantineEvent
             * @instance
             */
            QuarantineEvent.prototype.logOffset = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

            /**
             * QuarantineEvent attempt.
             * @member {number} attempt
             * @memberof headwater.v1.QuarantineEvent
             * @instance
             */
            QuarantineEvent.prototype.attempt = 0;

            /**
             * QuarantineEvent metrics.
             * @member {Array.<string>} metrics
             * @memberof headwater.v1.QuarantineEvent
             * @instance
             */
            QuarantineEvent.prototype.metrics = $util.emptyArray;

            /**
             * QuarantineEvent cause.
             * @member {string} cause
             * @memberof headwater.v1.QuarantineEvent
             * @instance
             */
            QuarantineEvent.prototype.cause = "";

            /**
             * QuarantineEvent fixed.
             * @member {headwater.v1.QuarantineFix.$Properties|null|undefined} fixed
             * @memberof headwater.v1.QuarantineEvent
             * @instance
             */
            QuarantineEvent.prototype.fixed = null;

            /**
             * QuarantineEvent requested.
             * @member {headwater.v1.QuarantineRequest.$Properties|null|undefined} requested
             * @memberof headwater.v1.QuarantineEvent
             * @instance
             */
            QuarantineEvent.prototype.requested = null;

            /**
             * QuarantineEvent claimed.
             * @member {headwater.v1.QuarantineClaim.$Properties|null|undefined} claimed
             * @memberof headwater.v1.QuarantineEvent
             * @instance
             */
            QuarantineEvent.prototype.claimed = null;

            /**
             * QuarantineEvent redriven.
             * @member {headwater.v1.QuarantineRedriven.$Properties|null|undefined} redriven
             * @memberof headwater.v1.QuarantineEvent
             * @instance
             */
            QuarantineEvent.prototype.redriven = null;

            /**
             * QuarantineEvent incarnation.
             * @member {number|null|undefined} incarnation
             * @memberof headwater.v1.QuarantineEvent
             * @instance
             */
            QuarantineEvent.prototype.incarnation = null;

            // OneOf field names bound to virtual getters and setters
            let $oneOfFields;

            // Virtual OneOf for proto3 optional field
            $Object.defineProperty(QuarantineEvent.prototype, "_incarnation", {
                get: $util.oneOfGetter($oneOfFields = ["incarnation"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            /**
             * Encodes the specified QuarantineEvent message. Does not implicitly {@link headwater.v1.QuarantineEvent.verify|verify} messages.
             * @function encode
             * @memberof headwater.v1.QuarantineEvent
             * @static
             * @param {headwater.v1.QuarantineEvent.$Properties} message QuarantineEvent message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            QuarantineEvent.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.id != null && $Object.hasOwnProperty.call(message, "id") && message.id !== "")
                    writer.uint32(/* id 1, wireType 2 =*/10).string(message.id);
                if (message.device != null && $Object.hasOwnProperty.call(message, "device") && message.device !== "")
                    writer.uint32(/* id 2, wireType 2 =*/18).string(message.device);
                if (message.at != null && $Object.hasOwnProperty.call(message, "at") && (typeof message.at === "object" ? message.at.low || message.at.high : message.at !== 0))
                    writer.uint32(/* id 3, wireType 0 =*/24).int64(message.at);
                if (message.stage != null && $Object.hasOwnProperty.call(message, "stage") && message.stage !== "")
                    writer.uint32(/* id 4, wireType 2 =*/34).string(message.stage);
                if (message.reason != null && $Object.hasOwnProperty.call(message, "reason") && message.reason !== "")
                    writer.uint32(/* id 5, wireType 2 =*/42).string(message.reason);
                if (message.payload != null && $Object.hasOwnProperty.call(message, "payload") && message.payload.length)
                    writer.uint32(/* id 6, wireType 2 =*/50).bytes(message.payload);
                if (message.gateway != null && $Object.hasOwnProperty.call(message, "gateway") && message.gateway !== "")
                    writer.uint32(/* id 7, wireType 2 =*/58).string(message.gateway);
                if (message.mqttTopic != null && $Object.hasOwnProperty.call(message, "mqttTopic") && message.mqttTopic !== "")
                    writer.uint32(/* id 8, wireType 2 =*/66).string(message.mqttTopic);
                if (message.logTopic != null && $Object.hasOwnProperty.call(message, "logTopic") && message.logTopic !== "")
                    writer.uint32(/* id 9, wireType 2 =*/74).string(message.logTopic);
                if (message.logPartition != null && $Object.hasOwnProperty.call(message, "logPartition") && message.logPartition !== 0)
                    writer.uint32(/* id 10, wireType 0 =*/80).uint32(message.logPartition);
                if (message.logOffset != null && $Object.hasOwnProperty.call(message, "logOffset") && (typeof message.logOffset === "object" ? message.logOffset.low || message.logOffset.high : message.logOffset !== 0))
                    writer.uint32(/* id 11, wireType 0 =*/88).uint64(message.logOffset);
                if (message.attempt != null && $Object.hasOwnProperty.call(message, "attempt") && message.attempt !== 0)
                    writer.uint32(/* id 12, wireType 0 =*/96).uint32(message.attempt);
                if (message.metrics != null && message.metrics.length)
                    for (let i = 0; i < message.metrics.length; ++i)
                        writer.uint32(/* id 13, wireType 2 =*/106).string(message.metrics[i]);
                if (message.cause != null && $Object.hasOwnProperty.call(message, "cause") && message.cause !== "")
                    writer.uint32(/* id 14, wireType 2 =*/114).string(message.cause);
                if (message.fixed != null && $Object.hasOwnProperty.call(message, "fixed"))
                    $root.headwater.v1.QuarantineFix.encode(message.fixed, writer.uint32(/* id 15, wireType 2 =*/122).fork(), _depth + 1).ldelim();
                if (message.requested != null && $Object.hasOwnProperty.call(message, "requested"))
                    $root.headwater.v1.QuarantineRequest.encode(message.requested, writer.uint32(/* id 16, wireType 2 =*/130).fork(), _depth + 1).ldelim();
                if (message.claimed != null && $Object.hasOwnProperty.call(message, "claimed"))
                    $root.headwater.v1.QuarantineClaim.encode(message.claimed, writer.uint32(/* id 17, wireType 2 =*/138).fork(), _depth + 1).ldelim();
                if (message.redriven != null && $Object.hasOwnProperty.call(message, "redriven"))
                    $root.headwater.v1.QuarantineRedriven.encode(message.redriven, writer.uint32(/* id 18, wireType 2 =*/146).fork(), _depth + 1).ldelim();
                if (message.incarnation != null && $Object.hasOwnProperty.call(message, "incarnation"))
                    writer.uint32(/* id 19, wireType 0 =*/152).uint32(message.incarnation);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a QuarantineEvent message from the specified reader or buffer.
             * @function decode
             * @memberof headwater.v1.QuarantineEvent
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {headwater.v1.QuarantineEvent & headwater.v1.QuarantineEvent.$Shape} QuarantineEvent
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            QuarantineEvent.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.headwater.v1.QuarantineEvent();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.id = value;
                            else
                                delete message.id;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.device = value;
                            else
                                delete message.device;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                                message.at = value;
                            else
                                delete message.at;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.stage = value;
                            else
                                delete message.stage;
                            continue;
                        }
                    case 5: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.reason = value;
                            else
                                delete message.reason;
                            continue;
                        }
                    case 6: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.bytes()).length)
                                message.payload = value;
                            else
                                delete message.payload;
                            continue;
                        }
                    case 7: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.gateway = value;
                            else
                                delete message.gateway;
                            continue;
                        }
                    case 8: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.mqttTopic = value;
                            else
                                delete message.mqttTopic;
                            continue;
                        }
                    case 9: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.logTopic = value;
                            else
                                delete message.logTopic;
                            continue;
                        }
                    case 10: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.logPartition = value;
                            else
                                delete message.logPartition;
                            continue;
                        }
                    case 11: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.logOffset = value;
                            else
                                delete message.logOffset;
                            continue;
                        }
                    case 12: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.attempt = value;
                            else
                                delete message.attempt;
                            continue;
                        }
                    case 13: {
                            if (wireType !== 2)
                                break;
                            if (!(message.metrics && message.metrics.length))
                                message.metrics = [];
                            message.metrics.push(reader.stringVerify());
                            continue;
                        }
                    case 14: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.cause = value;
                            else
                                delete message.cause;
                            continue;
                        }
                    case 15: {
                            if (wireType !== 2)
                                break;
                            message.fixed = $root.headwater.v1.QuarantineFix.decode(reader, reader.size(), $undefined, _depth + 1, message.fixed);
                            continue;
                        }
                    case 16: {
                            if (wireType !== 2)
                                break;
                            message.requested = $root.headwater.v1.QuarantineRequest.decode(reader, reader.size(), $undefined, _depth + 1, message.requested);
                            continue;
                        }
                    case 17: {
                            if (wireType !== 2)
                                break;
                            message.claimed = $root.headwater.v1.QuarantineClaim.decode(reader, reader.size(), $undefined, _depth + 1, message.claimed);
                            continue;
                        }
                    case 18: {
                            if (wireType !== 2)
                                break;
                            message.redriven = $root.headwater.v1.QuarantineRedriven.decode(reader, reader.size(), $undefined, _depth + 1, message.redriven);
                            continue;
                        }
                    case 19: {
                            if (wireType !== 0)
                                break;
                            message.incarnation = reader.uint32();
                            message._incarnation = "incarnation";
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return QuarantineEvent;
        })();

        v1.QuarantineFix = (function() {

            /**
             * Properties of a QuarantineFix.
             * @typedef {Object} headwater.v1.QuarantineFix.$Properties
             * @property {Uint8Array|null} [payload] QuarantineFix payload
             * @property {string|null} [mqttTopic] QuarantineFix mqttTopic
             * @property {string|null} [by] QuarantineFix by
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a QuarantineFix.
             * @memberof headwater.v1
             * @interface IQuarantineFix
             * @augments headwater.v1.QuarantineFix.$Properties
             * @deprecated Use headwater.v1.QuarantineFix.$Properties instead.
             */

            /**
             * Shape of a QuarantineFix.
             * @typedef {headwater.v1.QuarantineFix.$Properties} headwater.v1.QuarantineFix.$Shape
             */

            /**
             * Constructs a new QuarantineFix.
             * @memberof headwater.v1
             * @classdesc Represents a QuarantineFix.
             * @constructor
             * @param {headwater.v1.QuarantineFix.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const QuarantineFix = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * QuarantineFix payload.
             * @member {Uint8Array|null|undefined} payload
             * @memberof headwater.v1.QuarantineFix
             * @instance
             */
            QuarantineFix.prototype.payload = null;

            /**
             * QuarantineFix mqttTopic.
             * @member {string|null|undefined} mqttTopic
             * @memberof headwater.v1.QuarantineFix
             * @instance
             */
            QuarantineFix.prototype.mqttTopic = null;

            /**
             * QuarantineFix by.
             * @member {string} by
             * @memberof headwater.v1.QuarantineFix
             * @instance
             */
            QuarantineFix.prototype.by = "";

            // OneOf field names bound to virtual getters and setters
            let $oneOfFields;

            // Virtual OneOf for proto3 optional field
            $Object.defineProperty(QuarantineFix.prototype, "_payload", {
                get: $util.oneOfGetter($oneOfFields = ["payload"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            // Virtual OneOf for proto3 optional field
            $Object.defineProperty(QuarantineFix.prototype, "_mqttTopic", {
                get: $util.oneOfGetter($oneOfFields = ["mqttTopic"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            /**
             * Encodes the specified QuarantineFix message. Does not implicitly {@link headwater.v1.QuarantineFix.verify|verify} messages.
             * @function encode
             * @memberof headwater.v1.QuarantineFix
             * @static
             * @param {headwater.v1.QuarantineFix.$Properties} message QuarantineFix message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            QuarantineFix.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.payload != null && $Object.hasOwnProperty.call(message, "payload"))
                    writer.uint32(/* id 1, wireType 2 =*/10).bytes(message.payload);
                if (message.mqttTopic != null && $Object.hasOwnProperty.call(message, "mqttTopic"))
                    writer.uint32(/* id 2, wireType 2 =*/18).string(message.mqttTopic);
                if (message.by != null && $Object.hasOwnProperty.call(message, "by") && message.by !== "")
                    writer.uint32(/* id 3, wireType 2 =*/26).string(message.by);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a QuarantineFix message from the specified reader or buffer.
             * @function decode
             * @memberof headwater.v1.QuarantineFix
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {headwater.v1.QuarantineFix & headwater.v1.QuarantineFix.$Shape} QuarantineFix
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            QuarantineFix.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.headwater.v1.QuarantineFix();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            message.payload = reader.bytes();
                            message._payload = "payload";
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            message.mqttTopic = reader.stringVerify();
                            message._mqttTopic = "mqttTopic";
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.by = value;
                            else
                                delete message.by;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return QuarantineFix;
        })();

        v1.QuarantineRequest = (function() {

            /**
             * Properties of a QuarantineRequest.
             * @typedef {Object} headwater.v1.QuarantineRequest.$Properties
             * @property {string|null} [by] QuarantineRequest by
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a QuarantineRequest.
             * @memberof headwater.v1
             * @interface IQuarantineRequest
             * @augments headwater.v1.QuarantineRequest.$Properties
             * @deprecated Use headwater.v1.QuarantineRequest.$Properties instead.
             */

            /**
             * Shape of a QuarantineRequest.
             * @typedef {headwater.v1.QuarantineRequest.$Properties} headwater.v1.QuarantineRequest.$Shape
             */

            /**
             * Constructs a new QuarantineRequest.
             * @memberof headwater.v1
             * @classdesc Represents a QuarantineRequest.
             * @constructor
             * @param {headwater.v1.QuarantineRequest.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const QuarantineRequest = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * QuarantineRequest by.
             * @member {string} by
             * @memberof headwater.v1.QuarantineRequest
             * @instance
             */
            QuarantineRequest.prototype.by = "";

            /**
             * Encodes the specified QuarantineRequest message. Does not implicitly {@link headwater.v1.QuarantineRequest.verify|verify} messages.
             * @function encode
             * @memberof headwater.v1.QuarantineRequest
             * @static
             * @param {headwater.v1.QuarantineRequest.$Properties} message QuarantineRequest message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            QuarantineRequest.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.by != null && $Object.hasOwnProperty.call(message, "by") && message.by !== "")
                    writer.uint32(/* id 1, wireType 2 =*/10).string(message.by);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a QuarantineRequest message from the specified reader or buffer.
             * @function decode
             * @memberof headwater.v1.QuarantineRequest
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {headwater.v1.QuarantineRequest & headwater.v1.QuarantineRequest.$Shape} QuarantineRequest
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            QuarantineRequest.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.headwater.v1.QuarantineRequest();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.by = value;
                            else
                                delete message.by;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return QuarantineRequest;
        })();

        v1.QuarantineClaim = (function() {

            /**
             * Properties of a QuarantineClaim.
             * @typedef {Object} headwater.v1.QuarantineClaim.$Properties
             * @property {string|null} [gateway] QuarantineClaim gateway
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a QuarantineClaim.
             * @memberof headwater.v1
             * @interface IQuarantineClaim
             * @augments headwater.v1.QuarantineClaim.$Properties
             * @deprecated Use headwater.v1.QuarantineClaim.$Properties instead.
             */

            /**
             * Shape of a QuarantineClaim.
             * @typedef {headwater.v1.QuarantineClaim.$Properties} headwater.v1.QuarantineClaim.$Shape
             */

            /**
             * Constructs a new QuarantineClaim.
             * @memberof headwater.v1
             * @classdesc Represents a QuarantineClaim.
             * @constructor
             * @param {headwater.v1.QuarantineClaim.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const QuarantineClaim = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * QuarantineClaim gateway.
             * @member {string} gateway
             * @memberof headwater.v1.QuarantineClaim
             * @instance
             */
            QuarantineClaim.prototype.gateway = "";

            /**
             * Encodes the specified QuarantineClaim message. Does not implicitly {@link headwater.v1.QuarantineClaim.verify|verify} messages.
             * @function encode
             * @memberof headwater.v1.QuarantineClaim
             * @static
             * @param {headwater.v1.QuarantineClaim.$Properties} message QuarantineClaim message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            QuarantineClaim.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.gateway != null && $Object.hasOwnProperty.call(message, "gateway") && message.gateway !== "")
                    writer.uint32(/* id 1, wireType 2 =*/10).string(message.gateway);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a QuarantineClaim message from the specified reader or buffer.
             * @function decode
             * @memberof headwater.v1.QuarantineClaim
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {headwater.v1.QuarantineClaim & headwater.v1.QuarantineClaim.$Shape} QuarantineClaim
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            QuarantineClaim.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.headwater.v1.QuarantineClaim();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.gateway = value;
                            else
                                delete message.gateway;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return QuarantineClaim;
        })();

        v1.QuarantineRedriven = (function() {

            /**
             * Properties of a QuarantineRedriven.
             * @typedef {Object} headwater.v1.QuarantineRedriven.$Properties
             * @property {string|null} [gateway] QuarantineRedriven gateway
             * @property {number|Long|null} [epoch] QuarantineRedriven epoch
             * @property {number|null} [partition] QuarantineRedriven partition
             * @property {number|Long|null} [n] QuarantineRedriven n
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a QuarantineRedriven.
             * @memberof headwater.v1
             * @interface IQuarantineRedriven
             * @augments headwater.v1.QuarantineRedriven.$Properties
             * @deprecated Use headwater.v1.QuarantineRedriven.$Properties instead.
             */

            /**
             * Shape of a QuarantineRedriven.
             * @typedef {headwater.v1.QuarantineRedriven.$Properties} headwater.v1.QuarantineRedriven.$Shape
             */

            /**
             * Constructs a new QuarantineRedriven.
             * @memberof headwater.v1
             * @classdesc Represents a QuarantineRedriven.
             * @constructor
             * @param {headwater.v1.QuarantineRedriven.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const QuarantineRedriven = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * QuarantineRedriven gateway.
             * @member {string} gateway
             * @memberof headwater.v1.QuarantineRedriven
             * @instance
             */
            QuarantineRedriven.prototype.gateway = "";

            /**
             * QuarantineRedriven epoch.
             * @member {number|Long} epoch
             * @memberof headwater.v1.QuarantineRedriven
             * @instance
             */
            QuarantineRedriven.prototype.epoch = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

            /**
             * QuarantineRedriven partition.
             * @member {number} partition
             * @memberof headwater.v1.QuarantineRedriven
             * @instance
             */
            QuarantineRedriven.prototype.partition = 0;

            /**
             * QuarantineRedriven n.
             * @member {number|Long} n
             * @memberof headwater.v1.QuarantineRedriven
             * @instance
             */
            QuarantineRedriven.prototype.n = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

            /**
             * Encodes the specified QuarantineRedriven message. Does not implicitly {@link headwater.v1.QuarantineRedriven.verify|verify} messages.
             * @function encode
             * @memberof headwater.v1.QuarantineRedriven
             * @static
             * @param {headwater.v1.QuarantineRedriven.$Properties} message QuarantineRedriven message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            QuarantineRedriven.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.gateway != null && $Object.hasOwnProperty.call(message, "gateway") && message.gateway !== "")
                    writer.uint32(/* id 1, wireType 2 =*/10).string(message.gateway);
                if (message.epoch != null && $Object.hasOwnProperty.call(message, "epoch") && (typeof message.epoch === "object" ? message.epoch.low || message.epoch.high : message.epoch !== 0))
                    writer.uint32(/* id 2, wireType 0 =*/16).uint64(message.epoch);
                if (message.partition != null && $Object.hasOwnProperty.call(message, "partition") && message.partition !== 0)
                    writer.uint32(/* id 3, wireType 0 =*/24).uint32(message.partition);
                if (message.n != null && $Object.hasOwnProperty.call(message, "n") && (typeof message.n === "object" ? message.n.low || message.n.high : message.n !== 0))
                    writer.uint32(/* id 4, wireType 0 =*/32).uint64(message.n);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a QuarantineRedriven message from the specified reader or buffer.
             * @function decode
             * @memberof headwater.v1.QuarantineRedriven
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {headwater.v1.QuarantineRedriven & headwater.v1.QuarantineRedriven.$Shape} QuarantineRedriven
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            QuarantineRedriven.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.headwater.v1.QuarantineRedriven();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.gateway = value;
                            else
                                delete message.gateway;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.epoch = value;
                            else
                                delete message.epoch;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.partition = value;
                            else
                                delete message.partition;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.n = value;
                            else
                                delete message.n;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return QuarantineRedriven;
        })();

        v1.RebuildEvent = (function() {

            /**
             * Properties of a RebuildEvent.
             * @typedef {Object} headwater.v1.RebuildEvent.$Properties
             * @property {string|null} [id] RebuildEvent id
             * @property {number|null} [partition] RebuildEvent partition
             * @property {number|Long|null} [at] RebuildEvent at
             * @property {headwater.v1.RebuildRequest.$Properties|null} [requested] RebuildEvent requested
             * @property {headwater.v1.RebuildShadow.$Properties|null} [shadowed] RebuildEvent shadowed
             * @property {headwater.v1.RebuildPause.$Properties|null} [replacing] RebuildEvent replacing
             * @property {headwater.v1.RebuildReplacement.$Properties|null} [replaced] RebuildEvent replaced
             * @property {headwater.v1.RebuildFailure.$Properties|null} [failed] RebuildEvent failed
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a RebuildEvent.
             * @memberof headwater.v1
             * @interface IRebuildEvent
             * @augments headwater.v1.RebuildEvent.$Properties
             * @deprecated Use headwater.v1.RebuildEvent.$Properties instead.
             */

            /**
             * Shape of a RebuildEvent.
             * @typedef {headwater.v1.RebuildEvent.$Properties} headwater.v1.RebuildEvent.$Shape
             */

            /**
             * Constructs a new RebuildEvent.
             * @memberof headwater.v1
             * @classdesc Represents a RebuildEvent.
             * @constructor
             * @param {headwater.v1.RebuildEvent.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const RebuildEvent = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * RebuildEvent id.
             * @member {string} id
             * @memberof headwater.v1.RebuildEvent
             * @instance
             */
            RebuildEvent.prototype.id = "";

            /**
             * RebuildEvent partition.
             * @member {number} partition
             * @memberof headwater.v1.RebuildEvent
             * @instance
             */
            RebuildEvent.prototype.partition = 0;

            /**
             * RebuildEvent at.
             * @member {number|Long} at
             * @memberof headwater.v1.RebuildEvent
             * @instance
             */
            RebuildEvent.prototype.at = $util.Long ? $util.Long.fromBits(0,0,false) : 0;

            /**
             * RebuildEvent requested.
             * @member {headwater.v1.RebuildRequest.$Properties|null|undefined} requested
             * @memberof headwater.v1.RebuildEvent
             * @instance
             */
            RebuildEvent.prototype.requested = null;

            /**
             * RebuildEvent shadowed.
             * @member {headwater.v1.RebuildShadow.$Properties|null|undefined} shadowed
             * @memberof headwater.v1.RebuildEvent
             * @instance
             */
            RebuildEvent.prototype.shadowed = null;

            /**
             * RebuildEvent replacing.
             * @member {headwater.v1.RebuildPause.$Properties|null|undefined} replacing
             * @memberof headwater.v1.RebuildEvent
             * @instance
             */
            RebuildEvent.prototype.replacing = null;

            /**
             * RebuildEvent replaced.
             * @member {headwater.v1.RebuildReplacement.$Properties|null|undefined} replaced
             * @memberof headwater.v1.RebuildEvent
             * @instance
             */
            RebuildEvent.prototype.replaced = null;

            /**
             * RebuildEvent failed.
             * @member {headwater.v1.RebuildFailure.$Properties|null|undefined} failed
             * @memberof headwater.v1.RebuildEvent
             * @instance
             */
            RebuildEvent.prototype.failed = null;

            /**
             * Encodes the specified RebuildEvent message. Does not implicitly {@link headwater.v1.RebuildEvent.verify|verify} messages.
             * @function encode
             * @memberof headwater.v1.RebuildEvent
             * @static
             * @param {headwater.v1.RebuildEvent.$Properties} message RebuildEvent message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            RebuildEvent.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.id != null && $Object.hasOwnProperty.call(message, "id") && message.id !== "")
                    writer.uint32(/* id 1, wireType 2 =*/10).string(message.id);
                if (message.partition != null && $Object.hasOwnProperty.call(message, "partition") && message.partition !== 0)
                    writer.uint32(/* id 2, wireType 0 =*/16).uint32(message.partition);
                if (message.at != null && $Object.hasOwnProperty.call(message, "at") && (typeof message.at === "object" ? message.at.low || message.at.high : message.at !== 0))
                    writer.uint32(/* id 3, wireType 0 =*/24).int64(message.at);
                if (message.requested != null && $Object.hasOwnProperty.call(message, "requested"))
                    $root.headwater.v1.RebuildRequest.encode(message.requested, writer.uint32(/* id 4, wireType 2 =*/34).fork(), _depth + 1).ldelim();
                if (message.shadowed != null && $Object.hasOwnProperty.call(message, "shadowed"))
                    $root.headwater.v1.RebuildShadow.encode(message.shadowed, writer.uint32(/* id 5, wireType 2 =*/42).fork(), _depth + 1).ldelim();
                if (message.replacing != null && $Object.hasOwnProperty.call(message, "replacing"))
                    $root.headwater.v1.RebuildPause.encode(message.replacing, writer.uint32(/* id 6, wireType 2 =*/50).fork(), _depth + 1).ldelim();
                if (message.replaced != null && $Object.hasOwnProperty.call(message, "replaced"))
                    $root.headwater.v1.RebuildReplacement.encode(message.replaced, writer.uint32(/* id 7, wireType 2 =*/58).fork(), _depth + 1).ldelim();
                if (message.failed != null && $Object.hasOwnProperty.call(message, "failed"))
                    $root.headwater.v1.RebuildFailure.encode(message.failed, writer.uint32(/* id 8, wireType 2 =*/66).fork(), _depth + 1).ldelim();
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a RebuildEvent message from the specified reader or buffer.
             * @function decode
             * @memberof headwater.v1.RebuildEvent
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {headwater.v1.RebuildEvent & headwater.v1.RebuildEvent.$Shape} RebuildEvent
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            RebuildEvent.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.headwater.v1.RebuildEvent();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.id = value;
                            else
                                delete message.id;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.partition = value;
                            else
                                delete message.partition;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                                message.at = value;
                            else
                                delete message.at;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 2)
                                break;
                            message.requested = $root.headwater.v1.RebuildRequest.decode(reader, reader.size(), $undefined, _depth + 1, message.requested);
                            continue;
                        }
                    case 5: {
                            if (wireType !== 2)
                                break;
                            message.shadowed = $root.headwater.v1.RebuildShadow.decode(reader, reader.size(), $undefined, _depth + 1, message.shadowed);
                            continue;
                        }
                    case 6: {
                            if (wireType !== 2)
                                break;
                            message.replacing = $root.headwater.v1.RebuildPause.decode(reader, reader.size(), $undefined, _depth + 1, message.replacing);
                            continue;
                        }
                    case 7: {
                            if (wireType !== 2)
                                break;
                            message.replaced = $root.headwater.v1.RebuildReplacement.decode(reader, reader.size(), $undefined, _depth + 1, message.replaced);
                            continue;
                        }
                    case 8: {
                            if (wireType !== 2)
                                break;
                            message.failed = $root.headwater.v1.RebuildFailure.decode(reader, reader.size(), $undefined, _depth + 1, message.failed);
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return RebuildEvent;
        })();

        v1.RebuildRequest = (function() {

            /**
             * Properties of a RebuildRequest.
             * @typedef {Object} headwater.v1.RebuildRequest.$Properties
             * @property {number|Long|null} [from] RebuildRequest from
             * @property {number|Long|null} [to] RebuildRequest to
             * @property {string|null} [by] RebuildRequest by
             * @property {number|null} [partitions] RebuildRequest partitions
             * @property {boolean|null} [force] RebuildRequest force
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a RebuildRequest.
             * @memberof headwater.v1
             * @interface IRebuildRequest
             * @augments headwater.v1.RebuildRequest.$Properties
             * @deprecated Use headwater.v1.RebuildRequest.$Properties instead.
             */

            /**
             * Shape of a RebuildRequest.
             * @typedef {headwater.v1.RebuildRequest.$Properties} headwater.v1.RebuildRequest.$Shape
             */

            /**
             * Constructs a new RebuildRequest.
             * @memberof headwater.v1
             * @classdesc Represents a RebuildRequest.
             * @constructor
             * @param {headwater.v1.RebuildRequest.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const RebuildRequest = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * RebuildRequest from.
             * @member {number|Long} from
             * @memberof headwater.v1.RebuildRequest
             * @instance
             */
            RebuildRequest.prototype.from = $util.Long ? $util.Long.fromBits(0,0,false) : 0;

            /**
             * RebuildRequest to.
             * @member {number|Long} to
             * @memberof headwater.v1.RebuildRequest
             * @instance
             */
            RebuildRequest.prototype.to = $util.Long ? $util.Long.fromBits(0,0,false) : 0;

            /**
             * RebuildRequest by.
             * @member {string} by
             * @memberof headwater.v1.RebuildRequest
             * @instance
             */
            RebuildRequest.prototype.by = "";

            /**
             * RebuildRequest partitions.
             * @member {number} partitions
             * @memberof headwater.v1.RebuildRequest
             * @instance
             */
            RebuildRequest.prototype.partitions = 0;

            /**
             * RebuildRequest force.
             * @member {boolean} force
             * @memberof headwater.v1.RebuildRequest
             * @instance
             */
            RebuildRequest.prototype.force = false;

            /**
             * Encodes the specified RebuildRequest message. Does not implicitly {@link headwater.v1.RebuildRequest.verify|verify} messages.
             * @function encode
             * @memberof headwater.v1.RebuildRequest
             * @static
             * @param {headwater.v1.RebuildRequest.$Properties} message RebuildRequest message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            RebuildRequest.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.from != null && $Object.hasOwnProperty.call(message, "from") && (typeof message.from === "object" ? message.from.low || message.from.high : message.from !== 0))
                    writer.uint32(/* id 1, wireType 0 =*/8).int64(message.from);
                if (message.to != null && $Object.hasOwnProperty.call(message, "to") && (typeof message.to === "object" ? message.to.low || message.to.high : message.to !== 0))
                    writer.uint32(/* id 2, wireType 0 =*/16).int64(message.to);
                if (message.by != null && $Object.hasOwnProperty.call(message, "by") && message.by !== "")
                    writer.uint32(/* id 3, wireType 2 =*/26).string(message.by);
                if (message.partitions != null && $Object.hasOwnProperty.call(message, "partitions") && message.partitions !== 0)
                    writer.uint32(/* id 4, wireType 0 =*/32).uint32(message.partitions);
                if (message.force != null && $Object.hasOwnProperty.call(message, "force") && message.force !== false)
                    writer.uint32(/* id 5, wireType 0 =*/40).bool(message.force);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a RebuildRequest message from the specified reader or buffer.
             * @function decode
             * @memberof headwater.v1.RebuildRequest
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {headwater.v1.RebuildRequest & headwater.v1.RebuildRequest.$Shape} RebuildRequest
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            RebuildRequest.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.headwater.v1.RebuildRequest();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                                message.from = value;
                            else
                                delete message.from;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                                message.to = value;
                            else
                                delete message.to;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.by = value;
                            else
                                delete message.by;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.partitions = value;
                            else
                                delete message.partitions;
                            continue;
                        }
                    case 5: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.bool())
                                message.force = value;
                            else
                                delete message.force;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return RebuildRequest;
        })();

        v1.RebuildShadow = (function() {

            /**
             * Properties of a RebuildShadow.
             * @typedef {Object} headwater.v1.RebuildShadow.$Properties
             * @property {number|Long|null} [position] RebuildShadow position
             * @property {number|Long|null} [values] RebuildShadow values
             * @property {string|null} [checksum] RebuildShadow checksum
             * @property {string|null} [aside] RebuildShadow aside
             * @property {number|Long|null} [storedValues] RebuildShadow storedValues
             * @property {string|null} [storedChecksum] RebuildShadow storedChecksum
             * @property {number|Long|null} [missing] RebuildShadow missing
             * @property {number|Long|null} [altered] RebuildShadow altered
             * @property {number|Long|null} [added] RebuildShadow added
             * @property {boolean|null} [fromBeginning] RebuildShadow fromBeginning
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a RebuildShadow.
             * @memberof headwater.v1
             * @interface IRebuildShadow
             * @augments headwater.v1.RebuildShadow.$Properties
             * @deprecated Use headwater.v1.RebuildShadow.$Properties instead.
             */

            /**
             * Shape of a RebuildShadow.
             * @typedef {headwater.v1.RebuildShadow.$Properties} headwater.v1.RebuildShadow.$Shape
             */

            /**
             * Constructs a new RebuildShadow.
             * @memberof headwater.v1
             * @classdesc Represents a RebuildShadow.
             * @constructor
             * @param {headwater.v1.RebuildShadow.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const RebuildShadow = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * RebuildShadow position.
             * @member {number|Long} position
             * @memberof headwater.v1.RebuildShadow
             * @instance
             */
            RebuildShadow.prototype.position = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

            /**
             * RebuildShadow values.
             * @member {number|Long} values
             * @memberof headwater.v1.RebuildShadow
             * @instance
             */
            RebuildShadow.prototype.values = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

            /**
             * RebuildShadow checksum.
             * @member {string} checksum
             * @memberof headwater.v1.RebuildShadow
             * @instance
             */
            RebuildShadow.prototype.checksum = "";

            /**
             * RebuildShadow aside.
             * @member {string} aside
             * @memberof headwater.v1.RebuildShadow
             * @instance
             */
            RebuildShadow.prototype.aside = "";

            /**
             * RebuildShadow storedValues.
             * @member {number|Long} storedValues
             * @memberof headwater.v1.RebuildShadow
             * @instance
             */
            RebuildShadow.prototype.storedValues = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

            /**
             * RebuildShadow storedChecksum.
             * @member {string} storedChecksum
             * @memberof headwater.v1.RebuildShadow
             * @instance
             */
            RebuildShadow.prototype.storedChecksum = "";

            /**
             * RebuildShadow missing.
             * @member {number|Long} missing
             * @memberof headwater.v1.RebuildShadow
             * @instance
             */
            RebuildShadow.prototype.missing = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

            /**
             * RebuildShadow altered.
             * @member {number|Long} altered
             * @memberof headwater.v1.RebuildShadow
             * @instance
             */
            RebuildShadow.prototype.altered = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

            /**
             * RebuildShadow added.
             * @member {number|Long} added
             * @memberof headwater.v1.RebuildShadow
             * @instance
             */
            RebuildShadow.prototype.added = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

            /**
             * RebuildShadow fromBeginning.
             * @member {boolean} fromBeginning
             * @memberof headwater.v1.RebuildShadow
             * @instance
             */
            RebuildShadow.prototype.fromBeginning = false;

            /**
             * Encodes the specified RebuildShadow message. Does not implicitly {@link headwater.v1.RebuildShadow.verify|verify} messages.
             * @function encode
             * @memberof headwater.v1.RebuildShadow
             * @static
             * @param {headwater.v1.RebuildShadow.$Properties} message RebuildShadow message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            RebuildShadow.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.position != null && $Object.hasOwnProperty.call(message, "position") && (typeof message.position === "object" ? message.position.low || message.position.high : message.position !== 0))
                    writer.uint32(/* id 1, wireType 0 =*/8).uint64(message.position);
                if (message.values != null && $Object.hasOwnProperty.call(message, "values") && (typeof message.values === "object" ? message.values.low || message.values.high : message.values !== 0))
                    writer.uint32(/* id 2, wireType 0 =*/16).uint64(message.values);
                if (message.checksum != null && $Object.hasOwnProperty.call(message, "checksum") && message.checksum !== "")
                    writer.uint32(/* id 3, wireType 2 =*/26).string(message.checksum);
                if (message.aside != null && $Object.hasOwnProperty.call(message, "aside") && message.aside !== "")
                    writer.uint32(/* id 4, wireType 2 =*/34).string(message.aside);
                if (message.storedValues != null && $Object.hasOwnProperty.call(message, "storedValues") && (typeof message.storedValues === "object" ? message.storedValues.low || message.storedValues.high : message.storedValues !== 0))
                    writer.uint32(/* id 5, wireType 0 =*/40).uint64(message.storedValues);
                if (message.storedChecksum != null && $Object.hasOwnProperty.call(message, "storedChecksum") && message.storedChecksum !== "")
                    writer.uint32(/* id 6, wireType 2 =*/50).string(message.storedChecksum);
                if (message.missing != null && $Object.hasOwnProperty.call(message, "missing") && (typeof message.missing === "object" ? message.missing.low || message.missing.high : message.missing !== 0))
                    writer.uint32(/* id 7, wireType 0 =*/56).uint64(message.missing);
                if (message.altered != null && $Object.hasOwnProperty.call(message, "altered") && (typeof message.altered === "object" ? message.altered.low || message.altered.high : message.altered !== 0))
                    writer.uint32(/* id 8, wireType 0 =*/64).uint64(message.altered);
                if (message.added != null && $Object.hasOwnProperty.call(message, "added") && (typeof message.added === "object" ? message.added.low || message.added.high : message.added !== 0))
                    writer.uint32(/* id 9, wireType 0 =*/72).uint64(message.added);
                if (message.fromBeginning != null && $Object.hasOwnProperty.call(message, "fromBeginning") && message.fromBeginning !== false)
                    writer.uint32(/* id 10, wireType 0 =*/80).bool(message.fromBeginning);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a RebuildShadow message from the specified reader or buffer.
             * @function decode
             * @memberof headwater.v1.RebuildShadow
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {headwater.v1.RebuildShadow & headwater.v1.RebuildShadow.$Shape} RebuildShadow
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            RebuildShadow.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.headwater.v1.RebuildShadow();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.position = value;
                            else
                                delete message.position;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.values = value;
                            else
                                delete message.values;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.checksum = value;
                            else
                                delete message.checksum;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.aside = value;
                            else
                                delete message.aside;
                            continue;
                        }
                    case 5: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.storedValues = value;
                            else
                                delete message.storedValues;
                            continue;
                        }
                    case 6: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.storedChecksum = value;
                            else
                                delete message.storedChecksum;
                            continue;
                        }
                    case 7: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.missing = value;
                            else
                                delete message.missing;
                            continue;
                        }
                    case 8: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.altered = value;
                            else
                                delete message.altered;
                            continue;
                        }
                    case 9: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.added = value;
                            else
                                delete message.added;
                            continue;
                        }
                    case 10: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.bool())
                                message.fromBeginning = value;
                            else
                                delete message.fromBeginning;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return RebuildShadow;
        })();

        v1.RebuildPause = (function() {

            /**
             * Properties of a RebuildPause.
             * @typedef {Object} headwater.v1.RebuildPause.$Properties
             * @property {number|Long|null} [position] RebuildPause position
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a RebuildPause.
             * @memberof headwater.v1
             * @interface IRebuildPause
             * @augments headwater.v1.RebuildPause.$Properties
             * @deprecated Use headwater.v1.RebuildPause.$Properties instead.
             */

            /**
             * Shape of a RebuildPause.
             * @typedef {headwater.v1.RebuildPause.$Properties} headwater.v1.RebuildPause.$Shape
             */

            /**
             * Constructs a new RebuildPause.
             * @memberof headwater.v1
             * @classdesc Represents a RebuildPause.
             * @constructor
             * @param {headwater.v1.RebuildPause.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const RebuildPause = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * RebuildPause position.
             * @member {number|Long} position
             * @memberof headwater.v1.RebuildPause
             * @instance
             */
            RebuildPause.prototype.position = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

            /**
             * Encodes the specified RebuildPause message. Does not implicitly {@link headwater.v1.RebuildPause.verify|verify} messages.
             * @function encode
             * @memberof headwater.v1.RebuildPause
             * @static
             * @param {headwater.v1.RebuildPause.$Properties} message RebuildPause message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            RebuildPause.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.position != null && $Object.hasOwnProperty.call(message, "position") && (typeof message.position === "object" ? message.position.low || message.position.high : message.position !== 0))
                    writer.uint32(/* id 1, wireType 0 =*/8).uint64(message.position);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a RebuildPause message from the specified reader or buffer.
             * @function decode
             * @memberof headwater.v1.RebuildPause
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {headwater.v1.RebuildPause & headwater.v1.RebuildPause.$Shape} RebuildPause
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            RebuildPause.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.headwater.v1.RebuildPause();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.position = value;
                            else
                                delete message.position;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return RebuildPause;
        })();

        v1.RebuildReplacement = (function() {

            /**
             * Properties of a RebuildReplacement.
             * @typedef {Object} headwater.v1.RebuildReplacement.$Properties
             * @property {number|Long|null} [position] RebuildReplacement position
             * @property {number|Long|null} [values] RebuildReplacement values
             * @property {string|null} [checksum] RebuildReplacement checksum
             * @property {number|Long|null} [written] RebuildReplacement written
             * @property {number|Long|null} [deleted] RebuildReplacement deleted
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a RebuildReplacement.
             * @memberof headwater.v1
             * @interface IRebuildReplacement
             * @augments headwater.v1.RebuildReplacement.$Properties
             * @deprecated Use headwater.v1.RebuildReplacement.$Properties instead.
             */

            /**
             * Shape of a RebuildReplacement.
             * @typedef {headwater.v1.RebuildReplacement.$Properties} headwater.v1.RebuildReplacement.$Shape
             */

            /**
             * Constructs a new RebuildReplacement.
             * @memberof headwater.v1
             * @classdesc Represents a RebuildReplacement.
             * @constructor
             * @param {headwater.v1.RebuildReplacement.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const RebuildReplacement = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * RebuildReplacement position.
             * @member {number|Long} position
             * @memberof headwater.v1.RebuildReplacement
             * @instance
             */
            RebuildReplacement.prototype.position = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

            /**
             * RebuildReplacement values.
             * @member {number|Long} values
             * @memberof headwater.v1.RebuildReplacement
             * @instance
             */
            RebuildReplacement.prototype.values = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

            /**
             * RebuildReplacement checksum.
             * @member {string} checksum
             * @memberof headwater.v1.RebuildReplacement
             * @instance
             */
            RebuildReplacement.prototype.checksum = "";

            /**
             * RebuildReplacement written.
             * @member {number|Long} written
             * @memberof headwater.v1.RebuildReplacement
             * @instance
             */
            RebuildReplacement.prototype.written = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

            /**
             * RebuildReplacement deleted.
             * @member {number|Long} deleted
             * @memberof headwater.v1.RebuildReplacement
             * @instance
             */
            RebuildReplacement.prototype.deleted = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

            /**
             * Encodes the specified RebuildReplacement message. Does not implicitly {@link headwater.v1.RebuildReplacement.verify|verify} messages.
             * @function encode
             * @memberof headwater.v1.RebuildReplacement
             * @static
             * @param {headwater.v1.RebuildReplacement.$Properties} message RebuildReplacement message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            RebuildReplacement.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.position != null && $Object.hasOwnProperty.call(message, "position") && (typeof message.position === "object" ? message.position.low || message.position.high : message.position !== 0))
                    writer.uint32(/* id 1, wireType 0 =*/8).uint64(message.position);
                if (message.values != null && $Object.hasOwnProperty.call(message, "values") && (typeof message.values === "object" ? message.values.low || message.values.high : message.values !== 0))
                    writer.uint32(/* id 2, wireType 0 =*/16).uint64(message.values);
                if (message.checksum != null && $Object.hasOwnProperty.call(message, "checksum") && message.checksum !== "")
                    writer.uint32(/* id 3, wireType 2 =*/26).string(message.checksum);
                if (message.written != null && $Object.hasOwnProperty.call(message, "written") && (typeof message.written === "object" ? message.written.low || message.written.high : message.written !== 0))
                    writer.uint32(/* id 4, wireType 0 =*/32).uint64(message.written);
                if (message.deleted != null && $Object.hasOwnProperty.call(message, "deleted") && (typeof message.deleted === "object" ? message.deleted.low || message.deleted.high : message.deleted !== 0))
                    writer.uint32(/* id 5, wireType 0 =*/40).uint64(message.deleted);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a RebuildReplacement message from the specified reader or buffer.
             * @function decode
             * @memberof headwater.v1.RebuildReplacement
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {headwater.v1.RebuildReplacement & headwater.v1.RebuildReplacement.$Shape} RebuildReplacement
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            RebuildReplacement.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.headwater.v1.RebuildReplacement();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.position = value;
                            else
                                delete message.position;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.values = value;
                            else
                                delete message.values;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.checksum = value;
                            else
                                delete message.checksum;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.written = value;
                            else
                                delete message.written;
                            continue;
                        }
                    case 5: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.deleted = value;
                            else
                                delete message.deleted;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return RebuildReplacement;
        })();

        v1.RebuildFailure = (function() {

            /**
             * Properties of a RebuildFailure.
             * @typedef {Object} headwater.v1.RebuildFailure.$Properties
             * @property {string|null} [reason] RebuildFailure reason
             * @property {string|null} [by] RebuildFailure by
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a RebuildFailure.
             * @memberof headwater.v1
             * @interface IRebuildFailure
             * @augments headwater.v1.RebuildFailure.$Properties
             * @deprecated Use headwater.v1.RebuildFailure.$Properties instead.
             */

            /**
             * Shape of a RebuildFailure.
             * @typedef {headwater.v1.RebuildFailure.$Properties} headwater.v1.RebuildFailure.$Shape
             */

            /**
             * Constructs a new RebuildFailure.
             * @memberof headwater.v1
             * @classdesc Represents a RebuildFailure.
             * @constructor
             * @param {headwater.v1.RebuildFailure.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const RebuildFailure = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * RebuildFailure reason.
             * @member {string} reason
             * @memberof headwater.v1.RebuildFailure
             * @instance
             */
            RebuildFailure.prototype.reason = "";

            /**
             * RebuildFailure by.
             * @member {string} by
             * @memberof headwater.v1.RebuildFailure
             * @instance
             */
            RebuildFailure.prototype.by = "";

            /**
             * Encodes the specified RebuildFailure message. Does not implicitly {@link headwater.v1.RebuildFailure.verify|verify} messages.
             * @function encode
             * @memberof headwater.v1.RebuildFailure
             * @static
             * @param {headwater.v1.RebuildFailure.$Properties} message RebuildFailure message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            RebuildFailure.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.reason != null && $Object.hasOwnProperty.call(message, "reason") && message.reason !== "")
                    writer.uint32(/* id 1, wireType 2 =*/10).string(message.reason);
                if (message.by != null && $Object.hasOwnProperty.call(message, "by") && message.by !== "")
                    writer.uint32(/* id 2, wireType 2 =*/18).string(message.by);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a RebuildFailure message from the specified reader or buffer.
             * @function decode
             * @memberof headwater.v1.RebuildFailure
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {headwater.v1.RebuildFailure & headwater.v1.RebuildFailure.$Shape} RebuildFailure
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            RebuildFailure.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.headwater.v1.RebuildFailure();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.reason = value;
                            else
                                delete message.reason;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.by = value;
                            else
                                delete message.by;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return RebuildFailure;
        })();

        v1.RuleEvent = (function() {

            /**
             * Properties of a RuleEvent.
             * @typedef {Object} headwater.v1.RuleEvent.$Properties
             * @property {string|null} [rule] RuleEvent rule
             * @property {number|null} [sequence] RuleEvent sequence
             * @property {string|null} [writeId] RuleEvent writeId
             * @property {number|Long|null} [at] RuleEvent at
             * @property {string|null} [by] RuleEvent by
             * @property {headwater.v1.RuleRevised.$Properties|null} [created] RuleEvent created
             * @property {headwater.v1.RuleRevised.$Properties|null} [revised] RuleEvent revised
             * @property {headwater.v1.RuleEnabled.$Properties|null} [enabled] RuleEvent enabled
             * @property {headwater.v1.RuleDisabled.$Properties|null} [disabled] RuleEvent disabled
             * @property {headwater.v1.RuleDeleted.$Properties|null} [deleted] RuleEvent deleted
             * @property {headwater.v1.RuleShadowed.$Properties|null} [shadowed] RuleEvent shadowed
             * @property {headwater.v1.MaintenanceSet.$Properties|null} [maintenance] RuleEvent maintenance
             * @property {headwater.v1.MaintenanceEnded.$Properties|null} [maintenanceEnded] RuleEvent maintenanceEnded
             * @property {"created"|"revised"|"enabled"|"disabled"|"deleted"|"shadowed"|"maintenance"|"maintenanceEnded"} [what] RuleEvent what
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a RuleEvent.
             * @memberof headwater.v1
             * @interface IRuleEvent
             * @augments headwater.v1.RuleEvent.$Properties
             * @deprecated Use headwater.v1.RuleEvent.$Properties instead.
             */

            /**
             * Narrowed shape of a RuleEvent.
             * @typedef {{
             *   rule?: string|null;
             *   sequence?: number|null;
             *   writeId?: string|null;
             *   at?: number|Long|null;
             *   by?: string|null;
             *   created?: headwater.v1.RuleRevised.$Shape|null;
             *   revised?: headwater.v1.RuleRevised.$Shape|null;
             *   enabled?: headwater.v1.RuleEnabled.$Shape|null;
             *   disabled?: headwater.v1.RuleDisabled.$Shape|null;
             *   deleted?: headwater.v1.RuleDeleted.$Shape|null;
             *   shadowed?: headwater.v1.RuleShadowed.$Shape|null;
             *   maintenance?: headwater.v1.MaintenanceSet.$Shape|null;
             *   maintenanceEnded?: headwater.v1.MaintenanceEnded.$Shape|null;
             *   $unknowns?: Array.<Uint8Array>;
             * } & (
             *   ({ what?: undefined; created?: null; revised?: null; enabled?: null; disabled?: null; deleted?: null; shadowed?: null; maintenance?: null; maintenanceEnded?: null }|{ what?: "created"; created: headwater.v1.RuleRevised.$Shape; revised?: null; enabled?: null; disabled?: null; deleted?: null; shadowed?: null; maintenance?: null; maintenanceEnded?: null }|{ what?: "revised"; created?: null; revised: headwater.v1.RuleRevised.$Shape; enabled?: null; disabled?: null; deleted?: null; shadowed?: null; maintenance?: null; maintenanceEnded?: null }|{ what?: "enabled"; created?: null; revised?: null; enabled: headwater.v1.RuleEnabled.$Shape; disabled?: null; deleted?: null; shadowed?: null; maintenance?: null; maintenanceEnded?: null }|{ what?: "disabled"; created?: null; revised?: null; enabled?: null; disabled: headwater.v1.RuleDisabled.$Shape; deleted?: null; shadowed?: null; maintenance?: null; maintenanceEnded?: null }|{ what?: "deleted"; created?: null; revised?: null; enabled?: null; disabled?: null; deleted: headwater.v1.RuleDeleted.$Shape; shadowed?: null; maintenance?: null; maintenanceEnded?: null }|{ what?: "shadowed"; created?: null; revised?: null; enabled?: null; disabled?: null; deleted?: null; shadowed: headwater.v1.RuleShadowed.$Shape; maintenance?: null; maintenanceEnded?: null }|{ what?: "maintenance"; created?: null; revised?: null; enabled?: null; disabled?: null; deleted?: null; shadowed?: null; maintenance: headwater.v1.MaintenanceSet.$Shape; maintenanceEnded?: null }|{ what?: "maintenanceEnded"; created?: null; revised?: null; enabled?: null; disabled?: null; deleted?: null; shadowed?: null; maintenance?: null; maintenanceEnded: headwater.v1.MaintenanceEnded.$Shape })
             * )} headwater.v1.RuleEvent.$Shape
             */

            /**
             * Constructs a new RuleEvent.
             * @memberof headwater.v1
             * @classdesc Represents a RuleEvent.
             * @constructor
             * @param {headwater.v1.RuleEvent.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const RuleEvent = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * RuleEvent rule.
             * @member {string} rule
             * @memberof headwater.v1.RuleEvent
             * @instance
             */
            RuleEvent.prototype.rule = "";

            /**
             * RuleEvent sequence.
             * @member {number} sequence
             * @memberof headwater.v1.RuleEvent
             * @instance
             */
            RuleEvent.prototype.sequence = 0;

            /**
             * RuleEvent writeId.
             * @member {string} writeId
             * @memberof headwater.v1.RuleEvent
             * @instance
             */
            RuleEvent.prototype.writeId = "";

            /**
             * RuleEvent at.
             * @member {number|Long} at
             * @memberof headwater.v1.RuleEvent
             * @instance
             */
            RuleEvent.prototype.at = $util.Long ? $util.Long.fromBits(0,0,false) : 0;

            /**
             * RuleEvent by.
             * @member {string} by
             * @memberof headwater.v1.RuleEvent
             * @instance
             */
            RuleEvent.prototype.by = "";

            /**
             * RuleEvent created.
             * @member {headwater.v1.RuleRevised.$Properties|null|undefined} created
             * @memberof headwater.v1.RuleEvent
             * @instance
             */
            RuleEvent.prototype.created = null;

            /**
             * RuleEvent revised.
             * @member {headwater.v1.RuleRevised.$Properties|null|undefined} revised
             * @memberof headwater.v1.RuleEvent
             * @instance
             */
            RuleEvent.prototype.revised = null;

            /**
             * RuleEvent enabled.
             * @member {headwater.v1.RuleEnabled.$Properties|null|undefined} enabled
             * @memberof headwater.v1.RuleEvent
             * @instance
             */
            RuleEvent.prototype.enabled = null;

            /**
             * RuleEvent disabled.
             * @member {headwater.v1.RuleDisabled.$Properties|null|undefined} disabled
             * @memberof headwater.v1.RuleEvent
             * @instance
             */
            RuleEvent.prototype.disabled = null;

            /**
             * RuleEvent deleted.
             * @member {headwater.v1.RuleDeleted.$Properties|null|undefined} deleted
             * @memberof headwater.v1.RuleEvent
             * @instance
             */
            RuleEvent.prototype.deleted = null;

            /**
             * RuleEvent shadowed.
             * @member {headwater.v1.RuleShadowed.$Properties|null|undefined} shadowed
             * @memberof headwater.v1.RuleEvent
             * @instance
             */
            RuleEvent.prototype.shadowed = null;

            /**
             * RuleEvent maintenance.
             * @member {headwater.v1.MaintenanceSet.$Properties|null|undefined} maintenance
             * @memberof headwater.v1.RuleEvent
             * @instance
             */
            RuleEvent.prototype.maintenance = null;

            /**
             * RuleEvent maintenanceEnded.
             * @member {headwater.v1.MaintenanceEnded.$Properties|null|undefined} maintenanceEnded
             * @memberof headwater.v1.RuleEvent
             * @instance
             */
            RuleEvent.prototype.maintenanceEnded = null;

            // OneOf field names bound to virtual getters and setters
            let $oneOfFields;

            /**
             * RuleEvent what.
             * @member {"created"|"revised"|"enabled"|"disabled"|"deleted"|"shadowed"|"maintenance"|"maintenanceEnded"|undefined} what
             * @memberof headwater.v1.RuleEvent
             * @instance
             */
            $Object.defineProperty(RuleEvent.prototype, "what", {
                get: $util.oneOfGetter($oneOfFields = ["created", "revised", "enabled", "disabled", "deleted", "shadowed", "maintenance", "maintenanceEnded"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            /**
             * Encodes the specified RuleEvent message. Does not implicitly {@link headwater.v1.RuleEvent.verify|verify} messages.
             * @function encode
             * @memberof headwater.v1.RuleEvent
             * @static
             * @param {headwater.v1.RuleEvent.$Properties} message RuleEvent message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            RuleEvent.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.rule != null && $Object.hasOwnProperty.call(message, "rule") && message.rule !== "")
                    writer.uint32(/* id 1, wireType 2 =*/10).string(message.rule);
                if (message.sequence != null && $Object.hasOwnProperty.call(message, "sequence") && message.sequence !== 0)
                    writer.uint32(/* id 2, wireType 0 =*/16).uint32(message.sequence);
                if (message.writeId != null && $Object.hasOwnProperty.call(message, "writeId") && message.writeId !== "")
                    writer.uint32(/* id 3, wireType 2 =*/26).string(message.writeId);
                if (message.at != null && $Object.hasOwnProperty.call(message, "at") && (typeof message.at === "object" ? message.at.low || message.at.high : message.at !== 0))
                    writer.uint32(/* id 4, wireType 0 =*/32).int64(message.at);
                if (message.by != null && $Object.hasOwnProperty.call(message, "by") && message.by !== "")
                    writer.uint32(/* id 5, wireType 2 =*/42).string(message.by);
                if (message.created != null && $Object.hasOwnProperty.call(message, "created"))
                    $root.headwater.v1.RuleRevised.encode(message.created, writer.uint32(/* id 6, wireType 2 =*/50).fork(), _depth + 1).ldelim();
                if (message.revised != null && $Object.hasOwnProperty.call(message, "revised"))
                    $root.headwater.v1.RuleRevised.encode(message.revised, writer.uint32(/* id 7, wireType 2 =*/58).fork(), _depth + 1).ldelim();
                if (message.enabled != null && $Object.hasOwnProperty.call(message, "enabled"))
                    $root.headwater.v1.RuleEnabled.encode(message.enabled, writer.uint32(/* id 8, wireType 2 =*/66).fork(), _depth + 1).ldelim();
                if (message.disabled != null && $Object.hasOwnProperty.call(message, "disabled"))
                    $root.headwater.v1.RuleDisabled.encode(message.disabled, writer.uint32(/* id 9, wireType 2 =*/74).fork(), _depth + 1).ldelim();
                if (message.deleted != null && $Object.hasOwnProperty.call(message, "deleted"))
                    $root.headwater.v1.RuleDeleted.encode(message.deleted, writer.uint32(/* id 10, wireType 2 =*/82).fork(), _depth + 1).ldelim();
                if (message.shadowed != null && $Object.hasOwnProperty.call(message, "shadowed"))
                    $root.headwater.v1.RuleShadowed.encode(message.shadowed, writer.uint32(/* id 11, wireType 2 =*/90).fork(), _depth + 1).ldelim();
                if (message.maintenance != null && $Object.hasOwnProperty.call(message, "maintenance"))
                    $root.headwater.v1.MaintenanceSet.encode(message.maintenance, writer.uint32(/* id 12, wireType 2 =*/98).fork(), _depth + 1).ldelim();
                if (message.maintenanceEnded != null && $Object.hasOwnProperty.call(message, "maintenanceEnded"))
                    $root.headwater.v1.MaintenanceEnded.encode(message.maintenanceEnded, writer.uint32(/* id 13, wireType 2 =*/106).fork(), _depth + 1).ldelim();
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a RuleEvent message from the specified reader or buffer.
             * @function decode
             * @memberof headwater.v1.RuleEvent
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {headwater.v1.RuleEvent & headwater.v1.RuleEvent.$Shape} RuleEvent
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            RuleEvent.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.headwater.v1.RuleEvent();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.rule = value;
                            else
                                delete message.rule;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.sequence = value;
                            else
                                delete message.sequence;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.writeId = value;
                            else
                                delete message.writeId;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                                message.at = value;
                            else
                                delete message.at;
                            continue;
                        }
                    case 5: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.by = value;
                            else
                                delete message.by;
                            continue;
                        }
                    case 6: {
                            if (wireType !== 2)
                                break;
                            message.created = $root.headwater.v1.RuleRevised.decode(reader, reader.size(), $undefined, _depth + 1, message.created);
                            message.what = "created";
                            continue;
                        }
                    case 7: {
                            if (wireType !== 2)
                                break;
                            message.revised = $root.headwater.v1.RuleRevised.decode(reader, reader.size(), $undefined, _depth + 1, message.revised);
                            message.what = "revised";
                            continue;
                        }
                    case 8: {
                            if (wireType !== 2)
                                break;
                            message.enabled = $root.headwater.v1.RuleEnabled.decode(reader, reader.size(), $undefined, _depth + 1, message.enabled);
                            message.what = "enabled";
                            continue;
                        }
                    case 9: {
                            if (wireType !== 2)
                                break;
                            message.disabled = $root.headwater.v1.RuleDisabled.decode(reader, reader.size(), $undefined, _depth + 1, message.disabled);
                            message.what = "disabled";
                            continue;
                        }
                    case 10: {
                            if (wireType !== 2)
                                break;
                            message.deleted = $root.headwater.v1.RuleDeleted.decode(reader, reader.size(), $undefined, _depth + 1, message.deleted);
                            message.what = "deleted";
                            continue;
                        }
                    case 11: {
                            if (wireType !== 2)
                                break;
                            message.shadowed = $root.headwater.v1.RuleShadowed.decode(reader, reader.size(), $undefined, _depth + 1, message.shadowed);
                            message.what = "shadowed";
                            continue;
                        }
                    case 12: {
                            if (wireType !== 2)
                                break;
                            message.maintenance = $root.headwater.v1.MaintenanceSet.decode(reader, reader.size(), $undefined, _depth + 1, message.maintenance);
                            message.what = "maintenance";
                            continue;
                        }
                    case 13: {
                            if (wireType !== 2)
                                break;
                            message.maintenanceEnded = $root.headwater.v1.MaintenanceEnded.decode(reader, reader.size(), $undefined, _depth + 1, message.maintenanceEnded);
                            message.what = "maintenanceEnded";
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return RuleEvent;
        })();

        v1.RuleRevised = (function() {

            /**
             * Properties of a RuleRevised.
             * @typedef {Object} headwater.v1.RuleRevised.$Properties
             * @property {number|null} [revision] RuleRevised revision
             * @property {number|null} [schema] RuleRevised schema
             * @property {string|null} [definition] RuleRevised definition
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a RuleRevised.
             * @memberof headwater.v1
             * @interface IRuleRevised
             * @augments headwater.v1.RuleRevised.$Properties
             * @deprecated Use headwater.v1.RuleRevised.$Properties instead.
             */

            /**
             * Shape of a RuleRevised.
             * @typedef {headwater.v1.RuleRevised.$Properties} headwater.v1.RuleRevised.$Shape
             */

            /**
             * Constructs a new RuleRevised.
             * @memberof headwater.v1
             * @classdesc Represents a RuleRevised.
             * @constructor
             * @param {headwater.v1.RuleRevised.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const RuleRevised = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * RuleRevised revision.
             * @member {number} revision
             * @memberof headwater.v1.RuleRevised
             * @instance
             */
            RuleRevised.prototype.revision = 0;

            /**
             * RuleRevised schema.
             * @member {number} schema
             * @memberof headwater.v1.RuleRevised
             * @instance
             */
            RuleRevised.prototype.schema = 0;

            /**
             * RuleRevised definition.
             * @member {string} definition
             * @memberof headwater.v1.RuleRevised
             * @instance
             */
            RuleRevised.prototype.definition = "";

            /**
             * Encodes the specified RuleRevised message. Does not implicitly {@link headwater.v1.RuleRevised.verify|verify} messages.
             * @function encode
             * @memberof headwater.v1.RuleRevised
             * @static
             * @param {headwater.v1.RuleRevised.$Properties} message RuleRevised message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            RuleRevised.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.revision != null && $Object.hasOwnProperty.call(message, "revision") && message.revision !== 0)
                    writer.uint32(/* id 1, wireType 0 =*/8).uint32(message.revision);
                if (message.schema != null && $Object.hasOwnProperty.call(message, "schema") && message.schema !== 0)
                    writer.uint32(/* id 2, wireType 0 =*/16).uint32(message.schema);
                if (message.definition != null && $Object.hasOwnProperty.call(message, "definition") && message.definition !== "")
                    writer.uint32(/* id 3, wireType 2 =*/26).string(message.definition);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a RuleRevised message from the specified reader or buffer.
             * @function decode
             * @memberof headwater.v1.RuleRevised
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {headwater.v1.RuleRevised & headwater.v1.RuleRevised.$Shape} RuleRevised
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            RuleRevised.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.headwater.v1.RuleRevised();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.revision = value;
                            else
                                delete message.revision;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.schema = value;
                            else
                                delete message.schema;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.definition = value;
                            else
                                delete message.definition;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return RuleRevised;
        })();

        v1.RuleEnabled = (function() {

            /**
             * Properties of a RuleEnabled.
             * @typedef {Object} headwater.v1.RuleEnabled.$Properties
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a RuleEnabled.
             * @memberof headwater.v1
             * @interface IRuleEnabled
             * @augments headwater.v1.RuleEnabled.$Properties
             * @deprecated Use headwater.v1.RuleEnabled.$Properties instead.
             */

            /**
             * Shape of a RuleEnabled.
             * @typedef {headwater.v1.RuleEnabled.$Properties} headwater.v1.RuleEnabled.$Shape
             */

            /**
             * Constructs a new RuleEnabled.
             * @memberof headwater.v1
             * @classdesc Represents a RuleEnabled.
             * @constructor
             * @param {headwater.v1.RuleEnabled.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const RuleEnabled = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * Encodes the specified RuleEnabled message. Does not implicitly {@link headwater.v1.RuleEnabled.verify|verify} messages.
             * @function encode
             * @memberof headwater.v1.RuleEnabled
             * @static
             * @param {headwater.v1.RuleEnabled.$Properties} message RuleEnabled message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            RuleEnabled.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a RuleEnabled message from the specified reader or buffer.
             * @function decode
             * @memberof headwater.v1.RuleEnabled
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {headwater.v1.RuleEnabled & headwater.v1.RuleEnabled.$Shape} RuleEnabled
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            RuleEnabled.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.headwater.v1.RuleEnabled();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    reader.skipType(tag & 7, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return RuleEnabled;
        })();

        v1.RuleDisabled = (function() {

            /**
             * Properties of a RuleDisabled.
             * @typedef {Object} headwater.v1.RuleDisabled.$Properties
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a RuleDisabled.
             * @memberof headwater.v1
             * @interface IRuleDisabled
             * @augments headwater.v1.RuleDisabled.$Properties
             * @deprecated Use headwater.v1.RuleDisabled.$Properties instead.
             */

            /**
             * Shape of a RuleDisabled.
             * @typedef {headwater.v1.RuleDisabled.$Properties} headwater.v1.RuleDisabled.$Shape
             */

            /**
             * Constructs a new RuleDisabled.
             * @memberof headwater.v1
             * @classdesc Represents a RuleDisabled.
             * @constructor
             * @param {headwater.v1.RuleDisabled.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const RuleDisabled = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * Encodes the specified RuleDisabled message. Does not implicitly {@link headwater.v1.RuleDisabled.verify|verify} messages.
             * @function encode
             * @memberof headwater.v1.RuleDisabled
             * @static
             * @param {headwater.v1.RuleDisabled.$Properties} message RuleDisabled message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            RuleDisabled.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a RuleDisabled message from the specified reader or buffer.
             * @function decode
             * @memberof headwater.v1.RuleDisabled
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {headwater.v1.RuleDisabled & headwater.v1.RuleDisabled.$Shape} RuleDisabled
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            RuleDisabled.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.headwater.v1.RuleDisabled();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    reader.skipType(tag & 7, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return RuleDisabled;
        })();

        v1.RuleDeleted = (function() {

            /**
             * Properties of a RuleDeleted.
             * @typedef {Object} headwater.v1.RuleDeleted.$Properties
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a RuleDeleted.
             * @memberof headwater.v1
             * @interface IRuleDeleted
             * @augments headwater.v1.RuleDeleted.$Properties
             * @deprecated Use headwater.v1.RuleDeleted.$Properties instead.
             */

            /**
             * Shape of a RuleDeleted.
             * @typedef {headwater.v1.RuleDeleted.$Properties} headwater.v1.RuleDeleted.$Shape
             */

            /**
             * Constructs a new RuleDeleted.
             * @memberof headwater.v1
             * @classdesc Represents a RuleDeleted.
             * @constructor
             * @param {headwater.v1.RuleDeleted.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const RuleDeleted = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * Encodes the specified RuleDeleted message. Does not implicitly {@link headwater.v1.RuleDeleted.verify|verify} messages.
             * @function encode
             * @memberof headwater.v1.RuleDeleted
             * @static
             * @param {headwater.v1.RuleDeleted.$Properties} message RuleDeleted message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            RuleDeleted.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a RuleDeleted message from the specified reader or buffer.
             * @function decode
             * @memberof headwater.v1.RuleDeleted
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {headwater.v1.RuleDeleted & headwater.v1.RuleDeleted.$Shape} RuleDeleted
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            RuleDeleted.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.headwater.v1.RuleDeleted();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    reader.skipType(tag & 7, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return RuleDeleted;
        })();

        v1.RuleShadowed = (function() {

            /**
             * Properties of a RuleShadowed.
             * @typedef {Object} headwater.v1.RuleShadowed.$Properties
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a RuleShadowed.
             * @memberof headwater.v1
             * @interface IRuleShadowed
             * @augments headwater.v1.RuleShadowed.$Properties
             * @deprecated Use headwater.v1.RuleShadowed.$Properties instead.
             */

            /**
             * Shape of a RuleShadowed.
             * @typedef {headwater.v1.RuleShadowed.$Properties} headwater.v1.RuleShadowed.$Shape
             */

            /**
             * Constructs a new RuleShadowed.
             * @memberof headwater.v1
             * @classdesc Represents a RuleShadowed.
             * @constructor
             * @param {headwater.v1.RuleShadowed.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const RuleShadowed = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * Encodes the specified RuleShadowed message. Does not implicitly {@link headwater.v1.RuleShadowed.verify|verify} messages.
             * @function encode
             * @memberof headwater.v1.RuleShadowed
             * @static
             * @param {headwater.v1.RuleShadowed.$Properties} message RuleShadowed message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            RuleShadowed.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a RuleShadowed message from the specified reader or buffer.
             * @function decode
             * @memberof headwater.v1.RuleShadowed
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {headwater.v1.RuleShadowed & headwater.v1.RuleShadowed.$Shape} RuleShadowed
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            RuleShadowed.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.headwater.v1.RuleShadowed();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    reader.skipType(tag & 7, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return RuleShadowed;
        })();

        v1.MaintenanceSet = (function() {

            /**
             * Properties of a MaintenanceSet.
             * @typedef {Object} headwater.v1.MaintenanceSet.$Properties
             * @property {number|null} [revision] MaintenanceSet revision
             * @property {number|null} [schema] MaintenanceSet schema
             * @property {string|null} [definition] MaintenanceSet definition
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a MaintenanceSet.
             * @memberof headwater.v1
             * @interface IMaintenanceSet
             * @augments headwater.v1.MaintenanceSet.$Properties
             * @deprecated Use headwater.v1.MaintenanceSet.$Properties instead.
             */

            /**
             * Shape of a MaintenanceSet.
             * @typedef {headwater.v1.MaintenanceSet.$Properties} headwater.v1.MaintenanceSet.$Shape
             */

            /**
             * Constructs a new MaintenanceSet.
             * @memberof headwater.v1
             * @classdesc Represents a MaintenanceSet.
             * @constructor
             * @param {headwater.v1.MaintenanceSet.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const MaintenanceSet = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * MaintenanceSet revision.
             * @member {number} revision
             * @memberof headwater.v1.MaintenanceSet
             * @instance
             */
            MaintenanceSet.prototype.revision = 0;

            /**
             * MaintenanceSet schema.
             * @member {number} schema
             * @memberof headwater.v1.MaintenanceSet
             * @instance
             */
            MaintenanceSet.prototype.schema = 0;

            /**
             * MaintenanceSet definition.
             * @member {string} definition
             * @memberof headwater.v1.MaintenanceSet
             * @instance
             */
            MaintenanceSet.prototype.definition = "";

            /**
             * Encodes the specified MaintenanceSet message. Does not implicitly {@link headwater.v1.MaintenanceSet.verify|verify} messages.
             * @function encode
             * @memberof headwater.v1.MaintenanceSet
             * @static
             * @param {headwater.v1.MaintenanceSet.$Properties} message MaintenanceSet message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            MaintenanceSet.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.revision != null && $Object.hasOwnProperty.call(message, "revision") && message.revision !== 0)
                    writer.uint32(/* id 1, wireType 0 =*/8).uint32(message.revision);
                if (message.schema != null && $Object.hasOwnProperty.call(message, "schema") && message.schema !== 0)
                    writer.uint32(/* id 2, wireType 0 =*/16).uint32(message.schema);
                if (message.definition != null && $Object.hasOwnProperty.call(message, "definition") && message.definition !== "")
                    writer.uint32(/* id 3, wireType 2 =*/26).string(message.definition);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a MaintenanceSet message from the specified reader or buffer.
             * @function decode
             * @memberof headwater.v1.MaintenanceSet
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {headwater.v1.MaintenanceSet & headwater.v1.MaintenanceSet.$Shape} MaintenanceSet
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            MaintenanceSet.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.headwater.v1.MaintenanceSet();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.revision = value;
                            else
                                delete message.revision;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.schema = value;
                            else
                                delete message.schema;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.definition = value;
                            else
                                delete message.definition;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return MaintenanceSet;
        })();

        v1.MaintenanceEnded = (function() {

            /**
             * Properties of a MaintenanceEnded.
             * @typedef {Object} headwater.v1.MaintenanceEnded.$Properties
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a MaintenanceEnded.
             * @memberof headwater.v1
             * @interface IMaintenanceEnded
             * @augments headwater.v1.MaintenanceEnded.$Properties
             * @deprecated Use headwater.v1.MaintenanceEnded.$Properties instead.
             */

            /**
             * Shape of a MaintenanceEnded.
             * @typedef {headwater.v1.MaintenanceEnded.$Properties} headwater.v1.MaintenanceEnded.$Shape
             */

            /**
             * Constructs a new MaintenanceEnded.
             * @memberof headwater.v1
             * @classdesc Represents a MaintenanceEnded.
             * @constructor
             * @param {headwater.v1.MaintenanceEnded.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const MaintenanceEnded = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * Encodes the specified MaintenanceEnded message. Does not implicitly {@link headwater.v1.MaintenanceEnded.verify|verify} messages.
             * @function encode
             * @memberof headwater.v1.MaintenanceEnded
             * @static
             * @param {headwater.v1.MaintenanceEnded.$Properties} message MaintenanceEnded message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            MaintenanceEnded.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a MaintenanceEnded message from the specified reader or buffer.
             * @function decode
             * @memberof headwater.v1.MaintenanceEnded
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {headwater.v1.MaintenanceEnded & headwater.v1.MaintenanceEnded.$Shape} MaintenanceEnded
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            MaintenanceEnded.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.headwater.v1.MaintenanceEnded();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    reader.skipType(tag & 7, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return MaintenanceEnded;
        })();

        v1.RuleStateRecord = (function() {

            /**
             * Properties of a RuleStateRecord.
             * @typedef {Object} headwater.v1.RuleStateRecord.$Properties
             * @property {number|Long|null} [ownerEpoch] RuleStateRecord ownerEpoch
             * @property {headwater.v1.OwnerClaim.$Properties|null} [claim] RuleStateRecord claim
             * @property {headwater.v1.Effective.$Properties|null} [effective] RuleStateRecord effective
             * @property {headwater.v1.DeviceRuleState.$Properties|null} [state] RuleStateRecord state
             * @property {headwater.v1.Checkpoint.$Properties|null} [checkpoint] RuleStateRecord checkpoint
             * @property {"claim"|"effective"|"state"|"checkpoint"} [what] RuleStateRecord what
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a RuleStateRecord.
             * @memberof headwater.v1
             * @interface IRuleStateRecord
             * @augments headwater.v1.RuleStateRecord.$Properties
             * @deprecated Use headwater.v1.RuleStateRecord.$Properties instead.
             */

            /**
             * Narrowed shape of a RuleStateRecord.
             * @typedef {{
             *   ownerEpoch?: number|Long|null;
             *   claim?: headwater.v1.OwnerClaim.$Shape|null;
             *   effective?: headwater.v1.Effective.$Shape|null;
             *   state?: headwater.v1.DeviceRuleState.$Shape|null;
             *   checkpoint?: headwater.v1.Checkpoint.$Shape|null;
             *   $unknowns?: Array.<Uint8Array>;
             * } & (
             *   ({ what?: undefined; claim?: null; effective?: null; state?: null; checkpoint?: null }|{ what?: "claim"; claim: headwater.v1.OwnerClaim.$Shape; effective?: null; state?: null; checkpoint?: null }|{ what?: "effective"; claim?: null; effective: headwater.v1.Effective.$Shape; state?: null; checkpoint?: null }|{ what?: "state"; claim?: null; effective?: null; state: headwater.v1.DeviceRuleState.$Shape; checkpoint?: null }|{ what?: "checkpoint"; claim?: null; effective?: null; state?: null; checkpoint: headwater.v1.Checkpoint.$Shape })
             * )} headwater.v1.RuleStateRecord.$Shape
             */

            /**
             * Constructs a new RuleStateRecord.
             * @memberof headwater.v1
             * @classdesc Represents a RuleStateRecord.
             * @constructor
             * @param {headwater.v1.RuleStateRecord.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const RuleStateRecord = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * RuleStateRecord ownerEpoch.
             * @member {number|Long} ownerEpoch
             * @memberof headwater.v1.RuleStateRecord
             * @instance
             */
            RuleStateRecord.prototype.ownerEpoch = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

            /**
             * RuleStateRecord claim.
             * @member {headwater.v1.OwnerClaim.$Properties|null|undefined} claim
             * @memberof headwater.v1.RuleStateRecord
             * @instance
             */
            RuleStateRecord.prototype.claim = null;

            /**
             * RuleStateRecord effective.
             * @member {headwater.v1.Effective.$Properties|null|undefined} effective
             * @memberof headwater.v1.RuleStateRecord
             * @instance
             */
            RuleStateRecord.prototype.effective = null;

            /**
             * RuleStateRecord state.
             * @member {headwater.v1.DeviceRuleState.$Properties|null|undefined} state
             * @memberof headwater.v1.RuleStateRecord
             * @instance
             */
            RuleStateRecord.prototype.state = null;

            /**
             * RuleStateRecord checkpoint.
             * @member {headwater.v1.Checkpoint.$Properties|null|undefined} checkpoint
             * @memberof headwater.v1.RuleStateRecord
             * @instance
             */
            RuleStateRecord.prototype.checkpoint = null;

            // OneOf field names bound to virtual getters and setters
            let $oneOfFields;

            /**
             * RuleStateRecord what.
             * @member {"claim"|"effective"|"state"|"checkpoint"|undefined} what
             * @memberof headwater.v1.RuleStateRecord
             * @instance
             */
            $Object.defineProperty(RuleStateRecord.prototype, "what", {
                get: $util.oneOfGetter($oneOfFields = ["claim", "effective", "state", "checkpoint"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            /**
             * Encodes the specified RuleStateRecord message. Does not implicitly {@link headwater.v1.RuleStateRecord.verify|verify} messages.
             * @function encode
             * @memberof headwater.v1.RuleStateRecord
             * @static
             * @param {headwater.v1.RuleStateRecord.$Properties} message RuleStateRecord message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            RuleStateRecord.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.ownerEpoch != null && $Object.hasOwnProperty.call(message, "ownerEpoch") && (typeof message.ownerEpoch === "object" ? message.ownerEpoch.low || message.ownerEpoch.high : message.ownerEpoch !== 0))
                    writer.uint32(/* id 1, wireType 0 =*/8).uint64(message.ownerEpoch);
                if (message.claim != null && $Object.hasOwnProperty.call(message, "claim"))
                    $root.headwater.v1.OwnerClaim.encode(message.claim, writer.uint32(/* id 2, wireType 2 =*/18).fork(), _depth + 1).ldelim();
                if (message.effective != null && $Object.hasOwnProperty.call(message, "effective"))
                    $root.headwater.v1.Effective.encode(message.effective, writer.uint32(/* id 3, wireType 2 =*/26).fork(), _depth + 1).ldelim();
                if (message.state != null && $Object.hasOwnProperty.call(message, "state"))
                    $root.headwater.v1.DeviceRuleState.encode(message.state, writer.uint32(/* id 4, wireType 2 =*/34).fork(), _depth + 1).ldelim();
                if (message.checkpoint != null && $Object.hasOwnProperty.call(message, "checkpoint"))
                    $root.headwater.v1.Checkpoint.encode(message.checkpoint, writer.uint32(/* id 5, wireType 2 =*/42).fork(), _depth + 1).ldelim();
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a RuleStateRecord message from the specified reader or buffer.
             * @function decode
             * @memberof headwater.v1.RuleStateRecord
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {headwater.v1.RuleStateRecord & headwater.v1.RuleStateRecord.$Shape} RuleStateRecord
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            RuleStateRecord.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.headwater.v1.RuleStateRecord();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.ownerEpoch = value;
                            else
                                delete message.ownerEpoch;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            message.claim = $root.headwater.v1.OwnerClaim.decode(reader, reader.size(), $undefined, _depth + 1, message.claim);
                            message.what = "claim";
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            message.effective = $root.headwater.v1.Effective.decode(reader, reader.size(), $undefined, _depth + 1, message.effective);
                            message.what = "effective";
                            continue;
                        }
                    case 4: {
                            if (wireType !== 2)
                                break;
                            message.state = $root.headwater.v1.DeviceRuleState.decode(reader, reader.size(), $undefined, _depth + 1, message.state);
                            message.what = "state";
                            continue;
                        }
                    case 5: {
                            if (wireType !== 2)
                                break;
                            message.checkpoint = $root.headwater.v1.Checkpoint.decode(reader, reader.size(), $undefined, _depth + 1, message.checkpoint);
                            message.what = "checkpoint";
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return RuleStateRecord;
        })();

        v1.OwnerClaim = (function() {

            /**
             * Properties of an OwnerClaim.
             * @typedef {Object} headwater.v1.OwnerClaim.$Properties
             * @property {string|null} [instance] OwnerClaim instance
             * @property {number|Long|null} [at] OwnerClaim at
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of an OwnerClaim.
             * @memberof headwater.v1
             * @interface IOwnerClaim
             * @augments headwater.v1.OwnerClaim.$Properties
             * @deprecated Use headwater.v1.OwnerClaim.$Properties instead.
             */

            /**
             * Shape of an OwnerClaim.
             * @typedef {headwater.v1.OwnerClaim.$Properties} headwater.v1.OwnerClaim.$Shape
             */

            /**
             * Constructs a new OwnerClaim.
             * @memberof headwater.v1
             * @classdesc Represents an OwnerClaim.
             * @constructor
             * @param {headwater.v1.OwnerClaim.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const OwnerClaim = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * OwnerClaim instance.
             * @member {string} instance
             * @memberof headwater.v1.OwnerClaim
             * @instance
             */
            OwnerClaim.prototype.instance = "";

            /**
             * OwnerClaim at.
             * @member {number|Long} at
             * @memberof headwater.v1.OwnerClaim
             * @instance
             */
            OwnerClaim.prototype.at = $util.Long ? $util.Long.fromBits(0,0,false) : 0;

            /**
             * Encodes the specified OwnerClaim message. Does not implicitly {@link headwater.v1.OwnerClaim.verify|verify} messages.
             * @function encode
             * @memberof headwater.v1.OwnerClaim
             * @static
             * @param {headwater.v1.OwnerClaim.$Properties} message OwnerClaim message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            OwnerClaim.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.instance != null && $Object.hasOwnProperty.call(message, "instance") && message.instance !== "")
                    writer.uint32(/* id 1, wireType 2 =*/10).string(message.instance);
                if (message.at != null && $Object.hasOwnProperty.call(message, "at") && (typeof message.at === "object" ? message.at.low || message.at.high : message.at !== 0))
                    writer.uint32(/* id 2, wireType 0 =*/16).int64(message.at);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes an OwnerClaim message from the specified reader or buffer.
             * @function decode
             * @memberof headwater.v1.OwnerClaim
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {headwater.v1.OwnerClaim & headwater.v1.OwnerClaim.$Shape} OwnerClaim
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            OwnerClaim.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.headwater.v1.OwnerClaim();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.instance = value;
                            else
                                delete message.instance;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                                message.at = value;
                            else
                                delete message.at;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return OwnerClaim;
        })();

        v1.Effective = (function() {

            /**
             * Properties of an Effective.
             * @typedef {Object} headwater.v1.Effective.$Properties
             * @property {string|null} [topic] Effective topic
             * @property {number|null} [partition] Effective partition
             * @property {number|Long|null} [position] Effective position
             * @property {number|Long|null} [fromOffset] Effective fromOffset
             * @property {number|Long|null} [warmFrom] Effective warmFrom
             * @property {Uint8Array|null} [record] Effective record
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of an Effective.
             * @memberof headwater.v1
             * @interface IEffective
             * @augments headwater.v1.Effective.$Properties
             * @deprecated Use headwater.v1.Effective.$Properties instead.
             */

            /**
             * Shape of an Effective.
             * @typedef {headwater.v1.Effective.$Properties} headwater.v1.Effective.$Shape
             */

            /**
             * Constructs a new Effective.
             * @memberof headwater.v1
             * @classdesc Represents an Effective.
             * @constructor
             * @param {headwater.v1.Effective.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const Effective = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * Effective topic.
             * @member {string} topic
             * @memberof headwater.v1.Effective
             * @instance
             */
            Effective.prototype.topic = "";

            /**
             * Effective partition.
             * @member {number} partition
             * @memberof headwater.v1.Effective
             * @instance
             */
            Effective.prototype.partition = 0;

            /**
             * Effective position.
             * @member {number|Long} position
             * @memberof headwater.v1.Effective
             * @instance
             */
            Effective.prototype.position = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

            /**
             * Effective fromOffset.
             * @member {number|Long} fromOffset
             * @memberof headwater.v1.Effective
             * @instance
             */
            Effective.prototype.fromOffset = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

            /**
             * Effective warmFrom.
             * @member {number|Long} warmFrom
             * @memberof headwater.v1.Effective
             * @instance
             */
            Effective.prototype.warmFrom = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

            /**
             * Effective record.
             * @member {Uint8Array} record
             * @memberof headwater.v1.Effective
             * @instance
             */
            Effective.prototype.record = $util.newBuffer([]);

            /**
             * Encodes the specified Effective message. Does not implicitly {@link headwater.v1.Effective.verify|verify} messages.
             * @function encode
             * @memberof headwater.v1.Effective
             * @static
             * @param {headwater.v1.Effective.$Properties} message Effective message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            Effective.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.topic != null && $Object.hasOwnProperty.call(message, "topic") && message.topic !== "")
                    writer.uint32(/* id 1, wireType 2 =*/10).string(message.topic);
                if (message.partition != null && $Object.hasOwnProperty.call(message, "partition") && message.partition !== 0)
                    writer.uint32(/* id 2, wireType 0 =*/16).uint32(message.partition);
                if (message.position != null && $Object.hasOwnProperty.call(message, "position") && (typeof message.position === "object" ? message.position.low || message.position.high : message.position !== 0))
                    writer.uint32(/* id 3, wireType 0 =*/24).uint64(message.position);
                if (message.fromOffset != null && $Object.hasOwnProperty.call(message, "fromOffset") && (typeof message.fromOffset === "object" ? message.fromOffset.low || message.fromOffset.high : message.fromOffset !== 0))
                    writer.uint32(/* id 4, wireType 0 =*/32).uint64(message.fromOffset);
                if (message.warmFrom != null && $Object.hasOwnProperty.call(message, "warmFrom") && (typeof message.warmFrom === "object" ? message.warmFrom.low || message.warmFrom.high : message.warmFrom !== 0))
                    writer.uint32(/* id 5, wireType 0 =*/40).uint64(message.warmFrom);
                if (message.record != null && $Object.hasOwnProperty.call(message, "record") && message.record.length)
                    writer.uint32(/* id 6, wireType 2 =*/50).bytes(message.record);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes an Effective message from the specified reader or buffer.
             * @function decode
             * @memberof headwater.v1.Effective
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {headwater.v1.Effective & headwater.v1.Effective.$Shape} Effective
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            Effective.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.headwater.v1.Effective();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.topic = value;
                            else
                                delete message.topic;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.partition = value;
                            else
                                delete message.partition;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.position = value;
                            else
                                delete message.position;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.fromOffset = value;
                            else
                                delete message.fromOffset;
                            continue;
                        }
                    case 5: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.warmFrom = value;
                            else
                                delete message.warmFrom;
                            continue;
                        }
                    case 6: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.bytes()).length)
                                message.record = value;
                            else
                                delete message.record;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return Effective;
        })();

        v1.DeviceRuleState = (function() {

            /**
             * Properties of a DeviceRuleState.
             * @typedef {Object} headwater.v1.DeviceRuleState.$Properties
             * @property {string|null} [rule] DeviceRuleState rule
             * @property {string|null} [device] DeviceRuleState device
             * @property {number|Long|null} [covers] DeviceRuleState covers
             * @property {number|null} [version] DeviceRuleState version
             * @property {Uint8Array|null} [state] DeviceRuleState state
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a DeviceRuleState.
             * @memberof headwater.v1
             * @interface IDeviceRuleState
             * @augments headwater.v1.DeviceRuleState.$Properties
             * @deprecated Use headwater.v1.DeviceRuleState.$Properties instead.
             */

            /**
             * Shape of a DeviceRuleState.
             * @typedef {headwater.v1.DeviceRuleState.$Properties} headwater.v1.DeviceRuleState.$Shape
             */

            /**
             * Constructs a new DeviceRuleState.
             * @memberof headwater.v1
             * @classdesc Represents a DeviceRuleState.
             * @constructor
             * @param {headwater.v1.DeviceRuleState.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const DeviceRuleState = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * DeviceRuleState rule.
             * @member {string} rule
             * @memberof headwater.v1.DeviceRuleState
             * @instance
             */
            DeviceRuleState.prototype.rule = "";

            /**
             * DeviceRuleState device.
             * @member {string} device
             * @memberof headwater.v1.DeviceRuleState
             * @instance
             */
            DeviceRuleState.prototype.device = "";

            /**
             * DeviceRuleState covers.
             * @member {number|Long} covers
             * @memberof headwater.v1.DeviceRuleState
             * @instance
             */
            DeviceRuleState.prototype.covers = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

            /**
             * DeviceRuleState version.
             * @member {number} version
             * @memberof headwater.v1.DeviceRuleState
             * @instance
             */
            DeviceRuleState.prototype.version = 0;

            /**
             * DeviceRuleState state.
             * @member {Uint8Array} state
             * @memberof headwater.v1.DeviceRuleState
             * @instance
             */
            DeviceRuleState.prototype.state = $util.newBuffer([]);

            /**
             * Encodes the specified DeviceRuleState message. Does not implicitly {@link headwater.v1.DeviceRuleState.verify|verify} messages.
             * @function encode
             * @memberof headwater.v1.DeviceRuleState
             * @static
             * @param {headwater.v1.DeviceRuleState.$Properties} message DeviceRuleState message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            DeviceRuleState.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.rule != null && $Object.hasOwnProperty.call(message, "rule") && message.rule !== "")
                    writer.uint32(/* id 1, wireType 2 =*/10).string(message.rule);
                if (message.device != null && $Object.hasOwnProperty.call(message, "device") && message.device !== "")
                    writer.uint32(/* id 2, wireType 2 =*/18).string(message.device);
                if (message.covers != null && $Object.hasOwnProperty.call(message, "covers") && (typeof message.covers === "object" ? message.covers.low || message.covers.high : message.covers !== 0))
                    writer.uint32(/* id 3, wireType 0 =*/24).uint64(message.covers);
                if (message.version != null && $Object.hasOwnProperty.call(message, "version") && message.version !== 0)
                    writer.uint32(/* id 4, wireType 0 =*/32).uint32(message.version);
                if (message.state != null && $Object.hasOwnProperty.call(message, "state") && message.state.length)
                    writer.uint32(/* id 5, wireType 2 =*/42).bytes(message.state);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a DeviceRuleState message from the specified reader or buffer.
             * @function decode
             * @memberof headwater.v1.DeviceRuleState
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {headwater.v1.DeviceRuleState & headwater.v1.DeviceRuleState.$Shape} DeviceRuleState
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            DeviceRuleState.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.headwater.v1.DeviceRuleState();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.rule = value;
                            else
                                delete message.rule;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.device = value;
                            else
                                delete message.device;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.covers = value;
                            else
                                delete message.covers;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.version = value;
                            else
                                delete message.version;
                            continue;
                        }
                    case 5: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.bytes()).length)
                                message.state = value;
                            else
                                delete message.state;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return DeviceRuleState;
        })();

        v1.Checkpoint = (function() {

            /**
             * Properties of a Checkpoint.
             * @typedef {Object} headwater.v1.Checkpoint.$Properties
             * @property {number|Long|null} [offset] Checkpoint offset
             * @property {number|Long|null} [clock] Checkpoint clock
             * @property {Array.<headwater.v1.GatewayClock.$Properties>|null} [gateways] Checkpoint gateways
             * @property {number|Long|null} [lastTick] Checkpoint lastTick
             * @property {boolean|null} [complete] Checkpoint complete
             * @property {Array.<headwater.v1.SequenceSeen.$Properties>|null} [seen] Checkpoint seen
             * @property {number|Long|null} [devicesRead] Checkpoint devicesRead
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a Checkpoint.
             * @memberof headwater.v1
             * @interface ICheckpoint
             * @augments headwater.v1.Checkpoint.$Properties
             * @deprecated Use headwater.v1.Checkpoint.$Properties instead.
             */

            /**
             * Shape of a Checkpoint.
             * @typedef {headwater.v1.Checkpoint.$Properties} headwater.v1.Checkpoint.$Shape
             */

            /**
             * Constructs a new Checkpoint.
             * @memberof headwater.v1
             * @classdesc Represents a Checkpoint.
             * @constructor
             * @param {headwater.v1.Checkpoint.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const Checkpoint = function (properties) {
                this.gateways = [];
                this.seen = [];
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * Checkpoint offset.
             * @member {number|Long} offset
             * @memberof headwater.v1.Checkpoint
             * @instance
             */
            Checkpoint.prototype.offset = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

            /**
             * Checkpoint clock.
             * @member {number|Long} clock
             * @memberof headwater.v1.Checkpoint
             * @instance
             */
            Checkpoint.prototype.clock = $util.Long ? $util.Long.fromBits(0,0,false) : 0;

            /**
             * Checkpoint gateways.
             * @member {Array.<headwater.v1.GatewayClock.$Properties>} gateways
             * @memberof headwater.v1.Checkpoint
             * @instance
             */
            Checkpoint.prototype.gateways = $util.emptyArray;

            /**
             * Checkpoint lastTick.
             * @member {number|Long} lastTick
             * @memberof headwater.v1.Checkpoint
             * @instance
             */
            Checkpoint.prototype.lastTick = $util.Long ? $util.Long.fromBits(0,0,false) : 0;

            /**
             * Checkpoint complete.
             * @member {boolean} complete
             * @memberof headwater.v1.Checkpoint
             * @instance
             */
            Checkpoint.prototype.complete = false;

            /**
             * Checkpoint seen.
             * @member {Array.<headwater.v1.SequenceSeen.$Properties>} seen
             * @memberof headwater.v1.Checkpoint
             * @instance
             */
            Checkpoint.prototype.seen = $util.emptyArray;

            /**
             * Checkpoint devicesRead.
             * @member {number|Long} devicesRead
             * @memberof headwater.v1.Checkpoint
             * @instance
             */
            Checkpoint.prototype.devicesRead = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

            /**
             * Encodes the specified Checkpoint message. Does not implicitly {@link headwater.v1.Checkpoint.verify|verify} messages.
             * @function encode
             * @memberof headwater.v1.Checkpoint
             * @static
             * @param {headwater.v1.Checkpoint.$Properties} message Checkpoint message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            Checkpoint.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.offset != null && $Object.hasOwnProperty.call(message, "offset") && (typeof message.offset === "object" ? message.offset.low || message.offset.high : message.offset !== 0))
                    writer.uint32(/* id 1, wireType 0 =*/8).uint64(message.offset);
                if (message.clock != null && $Object.hasOwnProperty.call(message, "clock") && (typeof message.clock === "object" ? message.clock.low || message.clock.high : message.clock !== 0))
                    writer.uint32(/* id 2, wireType 0 =*/16).int64(message.clock);
                if (message.gateways != null && message.gateways.length)
                    for (let i = 0; i < message.gateways.length; ++i)
                        $root.headwater.v1.GatewayClock.encode(message.gateways[i], writer.uint32(/* id 3, wireType 2 =*/26).fork(), _depth + 1).ldelim();
                if (message.lastTick != null && $Object.hasOwnProperty.call(message, "lastTick") && (typeof message.lastTick === "object" ? message.lastTick.low || message.lastTick.high : message.lastTick !== 0))
                    writer.uint32(/* id 4, wireType 0 =*/32).int64(message.lastTick);
                if (message.complete != null && $Object.hasOwnProperty.call(message, "complete") && message.complete !== false)
                    writer.uint32(/* id 5, wireType 0 =*/40).bool(message.complete);
                if (message.seen != null && message.seen.length)
                    for (let i = 0; i < message.seen.length; ++i)
                        $root.headwater.v1.SequenceSeen.encode(message.seen[i], writer.uint32(/* id 6, wireType 2 =*/50).fork(), _depth + 1).ldelim();
                if (message.devicesRead != null && $Object.hasOwnProperty.call(message, "devicesRead") && (typeof message.devicesRead === "object" ? message.devicesRead.low || message.devicesRead.high : message.devicesRead !== 0))
                    writer.uint32(/* id 7, wireType 0 =*/56).uint64(message.devicesRead);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a Checkpoint message from the specified reader or buffer.
             * @function decode
             * @memberof headwater.v1.Checkpoint
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {headwater.v1.Checkpoint & headwater.v1.Checkpoint.$Shape} Checkpoint
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            Checkpoint.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.headwater.v1.Checkpoint();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.offset = value;
                            else
                                delete message.offset;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                                message.clock = value;
                            else
                                delete message.clock;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            if (!(message.gateways && message.gateways.length))
                                message.gateways = [];
                            message.gateways.push($root.headwater.v1.GatewayClock.decode(reader, reader.size(), $undefined, _depth + 1));
                            continue;
                        }
                    case 4: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                                message.lastTick = value;
                            else
                                delete message.lastTick;
                            continue;
                        }
                    case 5: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.bool())
                                message.complete = value;
                            else
                                delete message.complete;
                            continue;
                        }
                    case 6: {
                            if (wireType !== 2)
                                break;
                            if (!(message.seen && message.seen.length))
                                message.seen = [];
                            message.seen.push($root.headwater.v1.SequenceSeen.decode(reader, reader.size(), $undefined, _depth + 1));
                            continue;
                        }
                    case 7: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.devicesRead = value;
                            else
                                delete message.devicesRead;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return Checkpoint;
        })();

        v1.GatewayClock = (function() {

            /**
             * Properties of a GatewayClock.
             * @typedef {Object} headwater.v1.GatewayClock.$Properties
             * @property {string|null} [gateway] GatewayClock gateway
             * @property {number|Long|null} [promise] GatewayClock promise
             * @property {number|Long|null} [skew] GatewayClock skew
             * @property {number|Long|null} [markedAt] GatewayClock markedAt
             * @property {boolean|null} [offline] GatewayClock offline
             * @property {number|Long|null} [epoch] GatewayClock epoch
             * @property {Array.<headwater.v1.MinuteSkew.$Properties>|null} [skews] GatewayClock skews
             * @property {number|Long|null} [heardAt] GatewayClock heardAt
             * @property {number|Long|null} [corrected] GatewayClock corrected
             * @property {boolean|null} [straggling] GatewayClock straggling
             * @property {Array.<headwater.v1.GatewayOutage.$Properties>|null} [outages] GatewayClock outages
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a GatewayClock.
             * @memberof headwater.v1
             * @interface IGatewayClock
             * @augments headwater.v1.GatewayClock.$Properties
             * @deprecated Use headwater.v1.GatewayClock.$Properties instead.
             */

            /**
             * Shape of a GatewayClock.
             * @typedef {headwater.v1.GatewayClock.$Properties} headwater.v1.GatewayClock.$Shape
             */

            /**
             * Constructs a new GatewayClock.
             * @memberof headwater.v1
             * @classdesc Represents a GatewayClock.
             * @constructor
             * @param {headwater.v1.GatewayClock.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const GatewayClock = function (properties) {
                this.skews = [];
                this.outages = [];
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * GatewayClock gateway.
             * @member {string} gateway
             * @memberof headwater.v1.GatewayClock
             * @instance
             */
            GatewayClock.prototype.gateway = "";

            /**
             * GatewayClock promise.
             * @member {number|Long} promise
             * @memberof headwater.v1.GatewayClock
             * @instance
             */
            GatewayClock.prototype.promise = $util.Long ? $util.Long.fromBits(0,0,false) : 0;

            /**
             * GatewayClock skew.
             * @member {number|Long} skew
             * @memberof headwater.v1.GatewayClock
             * @instance
             */
            GatewayClock.prototype.skew = $util.Long ? $util.Long.fromBits(0,0,false) : 0;

            /**
             * GatewayClock markedAt.
             * @member {number|Long} markedAt
             * @memberof headwater.v1.GatewayClock
             * @instance
             */
            GatewayClock.prototype.markedAt = $util.Long ? $util.Long.fromBits(0,0,false) : 0;

            /**
             * GatewayClock offline.
             * @member {boolean} offline
             * @memberof headwater.v1.GatewayClock
             * @instance
             */
            GatewayClock.prototype.offline = false;

            /**
             * GatewayClock epoch.
             * @member {number|Long} epoch
             * @memberof headwater.v1.GatewayClock
             * @instance
             */
            GatewayClock.prototype.epoch = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

            /**
             * GatewayClock skews.
             * @member {Array.<headwater.v1.MinuteSkew.$Properties>} skews
             * @memberof headwater.v1.GatewayClock
             * @instance
             */
            GatewayClock.prototype.skews = $util.emptyArray;

            /**
             * GatewayClock heardAt.
             * @member {number|Long} heardAt
             * @memberof headwater.v1.GatewayClock
             * @instance
             */
            GatewayClock.prototype.heardAt = $util.Long ? $util.Long.fromBits(0,0,false) : 0;

            /**
             * GatewayClock corrected.
             * @member {number|Long} corrected
             * @memberof headwater.v1.GatewayClock
             * @instance
             */
            GatewayClock.prototype.corrected = $util.Long ? $util.Long.fromBits(0,0,false) : 0;

            /**
             * GatewayClock straggling.
             * @member {boolean} straggling
             * @memberof headwater.v1.GatewayClock
             * @instance
             */
            GatewayClock.prototype.straggling = false;

            /**
             * GatewayClock outages.
             * @member {Array.<headwater.v1.GatewayOutage.$Properties>} outages
             * @memberof headwater.v1.GatewayClock
             * @instance
             */
            GatewayClock.prototype.outages = $util.emptyArray;

            /**
             * Encodes the specified GatewayClock message. Does not implicitly {@link headwater.v1.GatewayClock.verify|verify} messages.
             * @function encode
             * @memberof headwater.v1.GatewayClock
             * @static
             * @param {headwater.v1.GatewayClock.$Properties} message GatewayClock message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            GatewayClock.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.gateway != null && $Object.hasOwnProperty.call(message, "gateway") && message.gateway !== "")
                    writer.uint32(/* id 1, wireType 2 =*/10).string(message.gateway);
                if (message.promise != null && $Object.hasOwnProperty.call(message, "promise") && (typeof message.promise === "object" ? message.promise.low || message.promise.high : message.promise !== 0))
                    writer.uint32(/* id 2, wireType 0 =*/16).int64(message.promise);
                if (message.skew != null && $Object.hasOwnProperty.call(message, "skew") && (typeof message.skew === "object" ? message.skew.low || message.skew.high : message.skew !== 0))
                    writer.uint32(/* id 3, wireType 0 =*/24).int64(message.skew);
                if (message.markedAt != null && $Object.hasOwnProperty.call(message, "markedAt") && (typeof message.markedAt === "object" ? message.markedAt.low || message.markedAt.high : message.markedAt !== 0))
                    writer.uint32(/* id 4, wireType 0 =*/32).int64(message.markedAt);
                if (message.offline != null && $Object.hasOwnProperty.call(message, "offline") && message.offline !== false)
                    writer.uint32(/* id 5, wireType 0 =*/40).bool(message.offline);
                if (message.epoch != null && $Object.hasOwnProperty.call(message, "epoch") && (typeof message.epoch === "object" ? message.epoch.low || message.epoch.high : message.epoch !== 0))
                    writer.uint32(/* id 6, wireType 0 =*/48).uint64(message.epoch);
                if (message.skews != null && message.skews.length)
                    for (let i = 0; i < message.skews.length; ++i)
                        $root.headwater.v1.MinuteSkew.encode(message.skews[i], writer.uint32(/* id 7, wireType 2 =*/58).fork(), _depth + 1).ldelim();
                if (message.heardAt != null && $Object.hasOwnProperty.call(message, "heardAt") && (typeof message.heardAt === "object" ? message.heardAt.low || message.heardAt.high : message.heardAt !== 0))
                    writer.uint32(/* id 8, wireType 0 =*/64).int64(message.heardAt);
                if (message.corrected != null && $Object.hasOwnProperty.call(message, "corrected") && (typeof message.corrected === "object" ? message.corrected.low || message.corrected.high : message.corrected !== 0))
                    writer.uint32(/* id 9, wireType 0 =*/72).int64(message.corrected);
                if (message.straggling != null && $Object.hasOwnProperty.call(message, "straggling") && message.straggling !== false)
                    writer.uint32(/* id 10, wireType 0 =*/80).bool(message.straggling);
                if (message.outages != null && message.outages.length)
                    for (let i = 0; i < message.outages.length; ++i)
                        $root.headwater.v1.GatewayOutage.encode(message.outages[i], writer.uint32(/* id 11, wireType 2 =*/90).fork(), _depth + 1).ldelim();
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a GatewayClock message from the specified reader or buffer.
             * @function decode
             * @memberof headwater.v1.GatewayClock
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {headwater.v1.GatewayClock & headwater.v1.GatewayClock.$Shape} GatewayClock
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            GatewayClock.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.headwater.v1.GatewayClock();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.gateway = value;
                            else
                                delete message.gateway;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                                message.promise = value;
                            else
                                delete message.promise;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                                message.skew = value;
                            else
                                delete message.skew;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                                message.markedAt = value;
                            else
                                delete message.markedAt;
                            continue;
                        }
                    case 5: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.bool())
                                message.offline = value;
                            else
                                delete message.offline;
                            continue;
                        }
                    case 6: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.epoch = value;
                            else
                                delete message.epoch;
                            continue;
                        }
                    case 7: {
                            if (wireType !== 2)
                                break;
                            if (!(message.skews && message.skews.length))
                                message.skews = [];
                            message.skews.push($root.headwater.v1.MinuteSkew.decode(reader, reader.size(), $undefined, _depth + 1));
                            continue;
                        }
                    case 8: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                                message.heardAt = value;
                            else
                                delete message.heardAt;
                            continue;
                        }
                    case 9: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                                message.corrected = value;
                            else
                                delete message.corrected;
                            continue;
                        }
                    case 10: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.bool())
                                message.straggling = value;
                            else
                                delete message.straggling;
                            continue;
                        }
                    case 11: {
                            if (wireType !== 2)
                                break;
                            if (!(message.outages && message.outages.length))
                                message.outages = [];
                            message.outages.push($root.headwater.v1.GatewayOutage.decode(reader, reader.size(), $undefined, _depth + 1));
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return GatewayClock;
        })();

        v1.GatewayOutage = (function() {

            /**
             * Properties of a GatewayOutage.
             * @typedef {Object} headwater.v1.GatewayOutage.$Properties
             * @property {number|Long|null} [from] GatewayOutage from
             * @property {number|Long|null} [to] GatewayOutage to
             * @property {number|Long|null} [begun] GatewayOutage begun
             * @property {number|Long|null} [ended] GatewayOutage ended
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a GatewayOutage.
             * @memberof headwater.v1
             * @interface IGatewayOutage
             * @augments headwater.v1.GatewayOutage.$Properties
             * @deprecated Use headwater.v1.GatewayOutage.$Properties instead.
             */

            /**
             * Shape of a GatewayOutage.
             * @typedef {headwater.v1.GatewayOutage.$Properties} headwater.v1.GatewayOutage.$Shape
             */

            /**
             * Constructs a new GatewayOutage.
             * @memberof headwater.v1
             * @classdesc Represents a GatewayOutage.
             * @constructor
             * @param {headwater.v1.GatewayOutage.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const GatewayOutage = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * GatewayOutage from.
             * @member {number|Long} from
             * @memberof headwater.v1.GatewayOutage
             * @instance
             */
            GatewayOutage.prototype.from = $util.Long ? $util.Long.fromBits(0,0,false) : 0;

            /**
             * GatewayOutage to.
             * @member {number|Long} to
             * @memberof headwater.v1.GatewayOutage
             * @instance
             */
            GatewayOutage.prototype.to = $util.Long ? $util.Long.fromBits(0,0,false) : 0;

            /**
             * GatewayOutage begun.
             * @member {number|Long} begun
             * @memberof headwater.v1.GatewayOutage
             * @instance
             */
            GatewayOutage.prototype.begun = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

            /**
             * GatewayOutage ended.
             * @member {number|Long} ended
             * @memberof headwater.v1.GatewayOutage
             * @instance
             */
            GatewayOutage.prototype.ended = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

            /**
             * Encodes the specified GatewayOutage message. Does not implicitly {@link headwater.v1.GatewayOutage.verify|verify} messages.
             * @function encode
             * @memberof headwater.v1.GatewayOutage
             * @static
             * @param {headwater.v1.GatewayOutage.$Properties} message GatewayOutage message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            GatewayOutage.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.from != null && $Object.hasOwnProperty.call(message, "from") && (typeof message.from === "object" ? message.from.low || message.from.high : message.from !== 0))
                    writer.uint32(/* id 1, wireType 0 =*/8).int64(message.from);
                if (message.to != null && $Object.hasOwnProperty.call(message, "to") && (typeof message.to === "object" ? message.to.low || message.to.high : message.to !== 0))
                    writer.uint32(/* id 2, wireType 0 =*/16).int64(message.to);
                if (message.begun != null && $Object.hasOwnProperty.call(message, "begun") && (typeof message.begun === "object" ? message.begun.low || message.begun.high : message.begun !== 0))
                    writer.uint32(/* id 3, wireType 0 =*/24).uint64(message.begun);
                if (message.ended != null && $Object.hasOwnProperty.call(message, "ended") && (typeof message.ended === "object" ? message.ended.low || message.ended.high : message.ended !== 0))
                    writer.uint32(/* id 4, wireType 0 =*/32).uint64(message.ended);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a GatewayOutage message from the specified reader or buffer.
             * @function decode
             * @memberof headwater.v1.GatewayOutage
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {headwater.v1.GatewayOutage & headwater.v1.GatewayOutage.$Shape} GatewayOutage
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            GatewayOutage.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.headwater.v1.GatewayOutage();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                                message.from = value;
                            else
                                delete message.from;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                                message.to = value;
                            else
                                delete message.to;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.begun = value;
                            else
                                delete message.begun;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.ended = value;
                            else
                                delete message.ended;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return GatewayOutage;
        })();

        v1.MinuteSkew = (function() {

            /**
             * Properties of a MinuteSkew.
             * @typedef {Object} headwater.v1.MinuteSkew.$Properties
             * @property {number|Long|null} [minute] MinuteSkew minute
             * @property {number|Long|null} [skew] MinuteSkew skew
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a MinuteSkew.
             * @memberof headwater.v1
             * @interface IMinuteSkew
             * @augments headwater.v1.MinuteSkew.$Properties
             * @deprecated Use headwater.v1.MinuteSkew.$Properties instead.
             */

            /**
             * Shape of a MinuteSkew.
             * @typedef {headwater.v1.MinuteSkew.$Properties} headwater.v1.MinuteSkew.$Shape
             */

            /**
             * Constructs a new MinuteSkew.
             * @memberof headwater.v1
             * @classdesc Represents a MinuteSkew.
             * @constructor
             * @param {headwater.v1.MinuteSkew.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const MinuteSkew = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * MinuteSkew minute.
             * @member {number|Long} minute
             * @memberof headwater.v1.MinuteSkew
             * @instance
             */
            MinuteSkew.prototype.minute = $util.Long ? $util.Long.fromBits(0,0,false) : 0;

            /**
             * MinuteSkew skew.
             * @member {number|Long} skew
             * @memberof headwater.v1.MinuteSkew
             * @instance
             */
            MinuteSkew.prototype.skew = $util.Long ? $util.Long.fromBits(0,0,false) : 0;

            /**
             * Encodes the specified MinuteSkew message. Does not implicitly {@link headwater.v1.MinuteSkew.verify|verify} messages.
             * @function encode
             * @memberof headwater.v1.MinuteSkew
             * @static
             * @param {headwater.v1.MinuteSkew.$Properties} message MinuteSkew message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            MinuteSkew.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.minute != null && $Object.hasOwnProperty.call(message, "minute") && (typeof message.minute === "object" ? message.minute.low || message.minute.high : message.minute !== 0))
                    writer.uint32(/* id 1, wireType 0 =*/8).int64(message.minute);
                if (message.skew != null && $Object.hasOwnProperty.call(message, "skew") && (typeof message.skew === "object" ? message.skew.low || message.skew.high : message.skew !== 0))
                    writer.uint32(/* id 2, wireType 0 =*/16).int64(message.skew);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a MinuteSkew message from the specified reader or buffer.
             * @function decode
             * @memberof headwater.v1.MinuteSkew
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {headwater.v1.MinuteSkew & headwater.v1.MinuteSkew.$Shape} MinuteSkew
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            MinuteSkew.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.headwater.v1.MinuteSkew();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                                message.minute = value;
                            else
                                delete message.minute;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                                message.skew = value;
                            else
                                delete message.skew;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return MinuteSkew;
        })();

        v1.SequenceSeen = (function() {

            /**
             * Properties of a SequenceSeen.
             * @typedef {Object} headwater.v1.SequenceSeen.$Properties
             * @property {string|null} [gateway] SequenceSeen gateway
             * @property {number|Long|null} [epoch] SequenceSeen epoch
             * @property {number|Long|null} [n] SequenceSeen n
             * @property {number|Long|null} [heardAt] SequenceSeen heardAt
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a SequenceSeen.
             * @memberof headwater.v1
             * @interface ISequenceSeen
             * @augments headwater.v1.SequenceSeen.$Properties
             * @deprecated Use headwater.v1.SequenceSeen.$Properties instead.
             */

            /**
             * Shape of a SequenceSeen.
             * @typedef {headwater.v1.SequenceSeen.$Properties} headwater.v1.SequenceSeen.$Shape
             */

            /**
             * Constructs a new SequenceSeen.
             * @memberof headwater.v1
             * @classdesc Represents a SequenceSeen.
             * @constructor
             * @param {headwater.v1.SequenceSeen.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const SequenceSeen = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * SequenceSeen gateway.
             * @member {string} gateway
             * @memberof headwater.v1.SequenceSeen
             * @instance
             */
            SequenceSeen.prototype.gateway = "";

            /**
             * SequenceSeen epoch.
             * @member {number|Long} epoch
             * @memberof headwater.v1.SequenceSeen
             * @instance
             */
            SequenceSeen.prototype.epoch = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

            /**
             * SequenceSeen n.
             * @member {number|Long} n
             * @memberof headwater.v1.SequenceSeen
             * @instance
             */
            SequenceSeen.prototype.n = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

            /**
             * SequenceSeen heardAt.
             * @member {number|Long} heardAt
             * @memberof headwater.v1.SequenceSeen
             * @instance
             */
            SequenceSeen.prototype.heardAt = $util.Long ? $util.Long.fromBits(0,0,false) : 0;

            /**
             * Encodes the specified SequenceSeen message. Does not implicitly {@link headwater.v1.SequenceSeen.verify|verify} messages.
             * @function encode
             * @memberof headwater.v1.SequenceSeen
             * @static
             * @param {headwater.v1.SequenceSeen.$Properties} message SequenceSeen message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            SequenceSeen.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.gateway != null && $Object.hasOwnProperty.call(message, "gateway") && message.gateway !== "")
                    writer.uint32(/* id 1, wireType 2 =*/10).string(message.gateway);
                if (message.epoch != null && $Object.hasOwnProperty.call(message, "epoch") && (typeof message.epoch === "object" ? message.epoch.low || message.epoch.high : message.epoch !== 0))
                    writer.uint32(/* id 2, wireType 0 =*/16).uint64(message.epoch);
                if (message.n != null && $Object.hasOwnProperty.call(message, "n") && (typeof message.n === "object" ? message.n.low || message.n.high : message.n !== 0))
                    writer.uint32(/* id 3, wireType 0 =*/24).uint64(message.n);
                if (message.heardAt != null && $Object.hasOwnProperty.call(message, "heardAt") && (typeof message.heardAt === "object" ? message.heardAt.low || message.heardAt.high : message.heardAt !== 0))
                    writer.uint32(/* id 4, wireType 0 =*/32).int64(message.heardAt);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a SequenceSeen message from the specified reader or buffer.
             * @function decode
             * @memberof headwater.v1.SequenceSeen
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {headwater.v1.SequenceSeen & headwater.v1.SequenceSeen.$Shape} SequenceSeen
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            SequenceSeen.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.headwater.v1.SequenceSeen();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.gateway = value;
                            else
                                delete message.gateway;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.epoch = value;
                            else
                                delete message.epoch;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.n = value;
                            else
                                delete message.n;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                                message.heardAt = value;
                            else
                                delete message.heardAt;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return SequenceSeen;
        })();

        v1.TelemetryRecord = (function() {

            /**
             * Properties of a TelemetryRecord.
             * @typedef {Object} headwater.v1.TelemetryRecord.$Properties
             * @property {string|null} [gateway] TelemetryRecord gateway
             * @property {number|Long|null} [epoch] TelemetryRecord epoch
             * @property {number|Long|null} [n] TelemetryRecord n
             * @property {number|Long|null} [receivedAt] TelemetryRecord receivedAt
             * @property {string|null} [device] TelemetryRecord device
             * @property {number|Long|null} [eventTime] TelemetryRecord eventTime
             * @property {Array.<headwater.v1.Reading.$Properties>|null} [readings] TelemetryRecord readings
             * @property {Object.<string,string>|null} [attributes] TelemetryRecord attributes
             * @property {headwater.v1.Derivation.$Properties|null} [derived] TelemetryRecord derived
             * @property {headwater.v1.Mark.$Properties|null} [mark] TelemetryRecord mark
             * @property {headwater.v1.Tick.$Properties|null} [tick] TelemetryRecord tick
             * @property {headwater.v1.Gap.$Properties|null} [gap] TelemetryRecord gap
             * @property {number|null} [incarnation] TelemetryRecord incarnation
             * @property {headwater.v1.Redrive.$Properties|null} [redrive] TelemetryRecord redrive
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a TelemetryRecord.
             * @memberof headwater.v1
             * @interface ITelemetryRecord
             * @augments headwater.v1.TelemetryRecord.$Properties
             * @deprecated Use headwater.v1.TelemetryRecord.$Properties instead.
             */

            /**
             * Shape of a TelemetryRecord.
             * @typedef {{
             *   gateway?: string|null;
             *   epoch?: number|Long|null;
             *   n?: number|Long|null;
             *   receivedAt?: number|Long|null;
             *   device?: string|null;
             *   eventTime?: number|Long|null;
             *   readings?: Array.<headwater.v1.Reading.$Shape>|null;
             *   attributes?: Object.<string,string>|null;
             *   derived?: headwater.v1.Derivation.$Shape|null;
             *   mark?: headwater.v1.Mark.$Shape|null;
             *   tick?: headwater.v1.Tick.$Shape|null;
             *   gap?: headwater.v1.Gap.$Shape|null;
             *   incarnation?: number|null;
             *   redrive?: headwater.v1.Redrive.$Shape|null;
             *   $unknowns?: Array.<Uint8Array>;
             * }} headwater.v1.TelemetryRecord.$Shape
             */

            /**
             * Constructs a new TelemetryRecord.
             * @memberof headwater.v1
             * @classdesc Represents a TelemetryRecord.
             * @constructor
             * @param {headwater.v1.TelemetryRecord.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const TelemetryRecord = function (properties) {
                this.readings = [];
                this.attributes = {};
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * TelemetryRecord gateway.
             * @member {string} gateway
             * @memberof headwater.v1.TelemetryRecord
             * @instance
             */
            TelemetryRecord.prototype.gateway = "";

            /**
             * TelemetryRecord epoch.
             * @member {number|Long} epoch
             * @memberof headwater.v1.TelemetryRecord
             * @instance
             */
            TelemetryRecord.prototype.epoch = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

            /**
             * TelemetryRecord n.
             * @member {number|Long} n
             * @memberof headwater.v1.TelemetryRecord
             * @instance
             */
            TelemetryRecord.prototype.n = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

            /**
             * TelemetryRecord receivedAt.
             * @member {number|Long} receivedAt
             * @memberof headwater.v1.TelemetryRecord
             * @instance
             */
            TelemetryRecord.prototype.receivedAt = $util.Long ? $util.Long.fromBits(0,0,false) : 0;

            /**
             * TelemetryRecord device.
             * @member {string} device
             * @memberof headwater.v1.TelemetryRecord
             * @instance
             */
            TelemetryRecord.prototype.device = "";

            /**
             * TelemetryRecord eventTime.
             * @member {number|Long} eventTime
             * @memberof headwater.v1.TelemetryRecord
             * @instance
             */
            TelemetryRecord.prototype.eventTime = $util.Long ? $util.Long.fromBits(0,0,false) : 0;

            /**
             * TelemetryRecord readings.
             * @member {Array.<headwater.v1.Reading.$Properties>} readings
             * @memberof headwater.v1.TelemetryRecord
             * @instance
             */
            TelemetryRecord.prototype.readings = $util.emptyArray;

            /**
             * TelemetryRecord attributes.
             * @member {Object.<string,string>} attributes
             * @memberof headwater.v1.TelemetryRecord
             * @instance
             */
            TelemetryRecord.prototype.attributes = $util.emptyObject;

            /**
             * TelemetryRecord derived.
             * @member {headwater.v1.Derivation.$Properties|null|undefined} derived
             * @memberof headwater.v1.TelemetryRecord
             * @instance
             */
            TelemetryRecord.prototype.derived = null;

            /**
             * TelemetryRecord mark.
             * @member {headwater.v1.Mark.$Properties|null|undefined} mark
             * @memberof headwater.v1.TelemetryRecord
             * @instance
             */
            TelemetryRecord.prototype.mark = null;

            /**
             * TelemetryRecord tick.
             * @member {headwater.v1.Tick.$Properties|null|undefined} tick
             * @memberof headwater.v1.TelemetryRecord
             * @instance
             */
            TelemetryRecord.prototype.tick = null;

            /**
             * TelemetryRecord gap.
             * @member {headwater.v1.Gap.$Properties|null|undefined} gap
             * @memberof headwater.v1.TelemetryRecord
             * @instance
             */
            TelemetryRecord.prototype.gap = null;

            /**
             * TelemetryRecord incarnation.
             * @member {number} incarnation
             * @memberof headwater.v1.TelemetryRecord
             * @instance
             */
            TelemetryRecord.prototype.incarnation = 0;

            /**
             * TelemetryRecord redrive.
             * @member {headwater.v1.Redrive.$Properties|null|undefined} redrive
             * @memberof headwater.v1.TelemetryRecord
             * @instance
             */
            TelemetryRecord.prototype.redrive = null;

            /**
             * Encodes the specified TelemetryRecord message. Does not implicitly {@link headwater.v1.TelemetryRecord.verify|verify} messages.
             * @function encode
             * @memberof headwater.v1.TelemetryRecord
             * @static
             * @param {headwater.v1.TelemetryRecord.$Properties} message TelemetryRecord message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            TelemetryRecord.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.gateway != null && $Object.hasOwnProperty.call(message, "gateway") && message.gateway !== "")
                    writer.uint32(/* id 1, wireType 2 =*/10).string(message.gateway);
                if (message.epoch != null && $Object.hasOwnProperty.call(message, "epoch") && (typeof message.epoch === "object" ? message.epoch.low || message.epoch.high : message.epoch !== 0))
                    writer.uint32(/* id 2, wireType 0 =*/16).uint64(message.epoch);
                if (message.n != null && $Object.hasOwnProperty.call(message, "n") && (typeof message.n === "object" ? message.n.low || message.n.high : message.n !== 0))
                    writer.uint32(/* id 3, wireType 0 =*/24).uint64(message.n);
                if (message.receivedAt != null && $Object.hasOwnProperty.call(message, "receivedAt") && (typeof message.receivedAt === "object" ? message.receivedAt.low || message.receivedAt.high : message.receivedAt !== 0))
                    writer.uint32(/* id 4, wireType 0 =*/32).int64(message.receivedAt);
                if (message.device != null && $Object.hasOwnProperty.call(message, "device") && message.device !== "")
                    writer.uint32(/* id 5, wireType 2 =*/42).string(message.device);
                if (message.eventTime != null && $Object.hasOwnProperty.call(message, "eventTime") && (typeof message.eventTime === "object" ? message.eventTime.low || message.eventTime.high : message.eventTime !== 0))
                    writer.uint32(/* id 6, wireType 0 =*/48).int64(message.eventTime);
                if (message.readings != null && message.readings.length)
                    for (let i = 0; i < message.readings.length; ++i)
                        $root.headwater.v1.Reading.encode(message.readings[i], writer.uint32(/* id 7, wireType 2 =*/58).fork(), _depth + 1).ldelim();
                if (message.attributes != null && $Object.hasOwnProperty.call(message, "attributes"))
                    for (let keys = $Object.keys(message.attributes), i = 0; i < keys.length; ++i)
                        writer.uint32(/* id 8, wireType 2 =*/66).fork().uint32(/* id 1, wireType 2 =*/10).string(keys[i]).uint32(/* id 2, wireType 2 =*/18).string(message.attributes[keys[i]]).ldelim();
                if (message.derived != null && $Object.hasOwnProperty.call(message, "derived"))
                    $root.headwater.v1.Derivation.encode(message.derived, writer.uint32(/* id 9, wireType 2 =*/74).fork(), _depth + 1).ldelim();
                if (message.mark != null && $Object.hasOwnProperty.call(message, "mark"))
                    $root.headwater.v1.Mark.encode(message.mark, writer.uint32(/* id 10, wireType 2 =*/82).fork(), _depth + 1).ldelim();
                if (message.tick != null && $Object.hasOwnProperty.call(message, "tick"))
                    $root.headwater.v1.Tick.encode(message.tick, writer.uint32(/* id 11, wireType 2 =*/90).fork(), _depth + 1).ldelim();
                if (message.gap != null && $Object.hasOwnProperty.call(message, "gap"))
                    $root.headwater.v1.Gap.encode(message.gap, writer.uint32(/* id 12, wireType 2 =*/98).fork(), _depth + 1).ldelim();
                if (message.incarnation != null && $Object.hasOwnProperty.call(message, "incarnation") && message.incarnation !== 0)
                    writer.uint32(/* id 13, wireType 0 =*/104).uint32(message.incarnation);
                if (message.redrive != null && $Object.hasOwnProperty.call(message, "redrive"))
                    $root.headwater.v1.Redrive.encode(message.redrive, writer.uint32(/* id 14, wireType 2 =*/114).fork(), _depth + 1).ldelim();
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a TelemetryRecord message from the specified reader or buffer.
             * @function decode
             * @memberof headwater.v1.TelemetryRecord
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {headwater.v1.TelemetryRecord & headwater.v1.TelemetryRecord.$Shape} TelemetryRecord
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            TelemetryRecord.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, key, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.headwater.v1.TelemetryRecord();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.gateway = value;
                            else
                                delete message.gateway;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.epoch = value;
                            else
                                delete message.epoch;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.n = value;
                            else
                                delete message.n;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                                message.receivedAt = value;
                            else
                                delete message.receivedAt;
                            continue;
                        }
                    case 5: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.device = value;
                            else
                                delete message.device;
                            continue;
                        }
                    case 6: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                                message.eventTime = value;
                            else
                                delete message.eventTime;
                            continue;
                        }
                    case 7: {
                            if (wireType !== 2)
                                break;
                            if (!(message.readings && message.readings.length))
                                message.readings = [];
                            message.readings.push($root.headwater.v1.Reading.decode(reader, reader.size(), $undefined, _depth + 1));
                            continue;
                        }
                    case 8: {
                            if (wireType !== 2)
                                break;
                            if (message.attributes === $util.emptyObject)
                                message.attributes = {};
                            let end2 = reader.size() + reader.pos;
                            if (end2 > reader.len)
                                throw $RangeError("index out of range");
                            reader.len = end2;
                            key = "";
                            value = "";
                            while (reader.pos < end2) {
                                let tag2 = reader.tag();
                                wireType = tag2 & 7;
                                switch (tag2 >>>= 3) {
                                case 1:
                                    if (wireType !== 2)
                                        break;
                                    key = reader.stringVerify();
                                    continue;
                                case 2:
                                    if (wireType !== 2)
                                        break;
                                    value = reader.stringVerify();
                                    continue;
                                }
                                reader.skipType(wireType, _depth, tag2);
                            }
                            if (reader.pos !== end2)
                                throw $RangeError("index out of range");
                            reader.len = end;
                            if (key === "__proto__")
                                $util.makeProp(message.attributes, key);
                            message.attributes[key] = value;
                            continue;
                        }
                    case 9: {
                            if (wireType !== 2)
                                break;
                            message.derived = $root.headwater.v1.Derivation.decode(reader, reader.size(), $undefined, _depth + 1, message.derived);
                            continue;
                        }
                    case 10: {
                            if (wireType !== 2)
                                break;
                            message.mark = $root.headwater.v1.Mark.decode(reader, reader.size(), $undefined, _depth + 1, message.mark);
                            continue;
                        }
                    case 11: {
                            if (wireType !== 2)
                                break;
                            message.tick = $root.headwater.v1.Tick.decode(reader, reader.size(), $undefined, _depth + 1, message.tick);
                            continue;
                        }
                    case 12: {
                            if (wireType !== 2)
                                break;
                            message.gap = $root.headwater.v1.Gap.decode(reader, reader.size(), $undefined, _depth + 1, message.gap);
                            continue;
                        }
                    case 13: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.incarnation = value;
                            else
                                delete message.incarnation;
                            continue;
                        }
                    case 14: {
                            if (wireType !== 2)
                                break;
                            message.redrive = $root.headwater.v1.Redrive.decode(reader, reader.size(), $undefined, _depth + 1, message.redrive);
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return TelemetryRecord;
        })();

        v1.Redrive = (function() {

            /**
             * Properties of a Redrive.
             * @typedef {Object} headwater.v1.Redrive.$Properties
             * @property {string|null} [entry] Redrive entry
             * @property {number|null} [attempt] Redrive attempt
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a Redrive.
             * @memberof headwater.v1
             * @interface IRedrive
             * @augments headwater.v1.Redrive.$Properties
             * @deprecated Use headwater.v1.Redrive.$Properties instead.
             */

            /**
             * Shape of a Redrive.
             * @typedef {headwater.v1.Redrive.$Properties} headwater.v1.Redrive.$Shape
             */

            /**
             * Constructs a new Redrive.
             * @memberof headwater.v1
             * @classdesc Represents a Redrive.
             * @constructor
             * @param {headwater.v1.Redrive.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const Redrive = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * Redrive entry.
             * @member {string} entry
             * @memberof headwater.v1.Redrive
             * @instance
             */
            Redrive.prototype.entry = "";

            /**
             * Redrive attempt.
             * @member {number} attempt
             * @memberof headwater.v1.Redrive
             * @instance
             */
            Redrive.prototype.attempt = 0;

            /**
             * Encodes the specified Redrive message. Does not implicitly {@link headwater.v1.Redrive.verify|verify} messages.
             * @function encode
             * @memberof headwater.v1.Redrive
             * @static
             * @param {headwater.v1.Redrive.$Properties} message Redrive message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            Redrive.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.entry != null && $Object.hasOwnProperty.call(message, "entry") && message.entry !== "")
                    writer.uint32(/* id 1, wireType 2 =*/10).string(message.entry);
                if (message.attempt != null && $Object.hasOwnProperty.call(message, "attempt") && message.attempt !== 0)
                    writer.uint32(/* id 2, wireType 0 =*/16).uint32(message.attempt);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a Redrive message from the specified reader or buffer.
             * @function decode
             * @memberof headwater.v1.Redrive
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {headwater.v1.Redrive & headwater.v1.Redrive.$Shape} Redrive
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            Redrive.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.headwater.v1.Redrive();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.entry = value;
                            else
                                delete message.entry;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.attempt = value;
                            else
                                delete message.attempt;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return Redrive;
        })();

        v1.Reading = (function() {

            /**
             * Properties of a Reading.
             * @typedef {Object} headwater.v1.Reading.$Properties
             * @property {string|null} [metric] Reading metric
             * @property {number|null} [number] Reading number
             * @property {boolean|null} [boolean] Reading boolean
             * @property {string|null} [text] Reading text
             * @property {string|null} [unit] Reading unit
             * @property {number|Long|null} [timeDelta] Reading timeDelta
             * @property {"number"|"boolean"|"text"} [value] Reading value
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a Reading.
             * @memberof headwater.v1
             * @interface IReading
             * @augments headwater.v1.Reading.$Properties
             * @deprecated Use headwater.v1.Reading.$Properties instead.
             */

            /**
             * Narrowed shape of a Reading.
             * @typedef {{
             *   metric?: string|null;
             *   number?: number|null;
             *   boolean?: boolean|null;
             *   text?: string|null;
             *   unit?: string|null;
             *   timeDelta?: number|Long|null;
             *   $unknowns?: Array.<Uint8Array>;
             * } & (
             *   ({ value?: undefined; number?: null; boolean?: null; text?: null }|{ value?: "number"; number: number; boolean?: null; text?: null }|{ value?: "boolean"; number?: null; boolean: boolean; text?: null }|{ value?: "text"; number?: null; boolean?: null; text: string })
             * )} headwater.v1.Reading.$Shape
             */

            /**
             * Constructs a new Reading.
             * @memberof headwater.v1
             * @classdesc Represents a Reading.
             * @constructor
             * @param {headwater.v1.Reading.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const Reading = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * Reading metric.
             * @member {string} metric
             * @memberof headwater.v1.Reading
             * @instance
             */
            Reading.prototype.metric = "";

            /**
             * Reading number.
             * @member {number|null|undefined} number
             * @memberof headwater.v1.Reading
             * @instance
             */
            Reading.prototype.number = null;

            /**
             * Reading boolean.
             * @member {boolean|null|undefined} boolean
             * @memberof headwater.v1.Reading
             * @instance
             */
            Reading.prototype.boolean = null;

            /**
             * Reading text.
             * @member {string|null|undefined} text
             * @memberof headwater.v1.Reading
             * @instance
             */
            Reading.prototype.text = null;

            /**
             * Reading unit.
             * @member {string} unit
             * @memberof headwater.v1.Reading
             * @instance
             */
            Reading.prototype.unit = "";

            /**
             * Reading timeDelta.
             * @member {number|Long} timeDelta
             * @memberof headwater.v1.Reading
             * @instance
             */
            Reading.prototype.timeDelta = $util.Long ? $util.Long.fromBits(0,0,false) : 0;

            // OneOf field names bound to virtual getters and setters
            let $oneOfFields;

            /**
             * Reading value.
             * @member {"number"|"boolean"|"text"|undefined} value
             * @memberof headwater.v1.Reading
             * @instance
             */
            $Object.defineProperty(Reading.prototype, "value", {
                get: $util.oneOfGetter($oneOfFields = ["number", "boolean", "text"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            /**
             * Encodes the specified Reading message. Does not implicitly {@link headwater.v1.Reading.verify|verify} messages.
             * @function encode
             * @memberof headwater.v1.Reading
             * @static
             * @param {headwater.v1.Reading.$Properties} message Reading message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            Reading.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.metric != null && $Object.hasOwnProperty.call(message, "metric") && message.metric !== "")
                    writer.uint32(/* id 1, wireType 2 =*/10).string(message.metric);
                if (message.number != null && $Object.hasOwnProperty.call(message, "number"))
                    writer.uint32(/* id 2, wireType 1 =*/17).double(message.number);
                if (message.boolean != null && $Object.hasOwnProperty.call(message, "boolean"))
                    writer.uint32(/* id 3, wireType 0 =*/24).bool(message.boolean);
                if (message.text != null && $Object.hasOwnProperty.call(message, "text"))
                    writer.uint32(/* id 4, wireType 2 =*/34).string(message.text);
                if (message.unit != null && $Object.hasOwnProperty.call(message, "unit") && message.unit !== "")
                    writer.uint32(/* id 5, wireType 2 =*/42).string(message.unit);
                if (message.timeDelta != null && $Object.hasOwnProperty.call(message, "timeDelta") && (typeof message.timeDelta === "object" ? message.timeDelta.low || message.timeDelta.high : message.timeDelta !== 0))
                    writer.uint32(/* id 6, wireType 0 =*/48).sint64(message.timeDelta);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a Reading message from the specified reader or buffer.
             * @function decode
             * @memberof headwater.v1.Reading
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {headwater.v1.Reading & headwater.v1.Reading.$Shape} Reading
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            Reading.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.headwater.v1.Reading();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.metric = value;
                            else
                                delete message.metric;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 1)
                                break;
                            message.number = reader.double();
                            message.value = "number";
                            continue;
                        }
                    case 3: {
                            if (wireType !== 0)
                                break;
                            message.boolean = reader.bool();
                            message.value = "boolean";
                            continue;
                        }
                    case 4: {
                            if (wireType !== 2)
                                break;
                            message.text = reader.stringVerify();
                            message.value = "text";
                            continue;
                        }
                    case 5: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.unit = value;
                            else
                                delete message.unit;
                            continue;
                        }
                    case 6: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.sint64()) === "object" ? value.low || value.high : value !== 0)
                                message.timeDelta = value;
                            else
                                delete message.timeDelta;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return Reading;
        })();

        v1.Derivation = (function() {

            /**
             * Properties of a Derivation.
             * @typedef {Object} headwater.v1.Derivation.$Properties
             * @property {string|null} [rule] Derivation rule
             * @property {number|null} [revision] Derivation revision
             * @property {string|null} [sourceGateway] Derivation sourceGateway
             * @property {number|Long|null} [sourceEpoch] Derivation sourceEpoch
             * @property {number|null} [sourcePartition] Derivation sourcePartition
             * @property {number|Long|null} [sourceN] Derivation sourceN
             * @property {number|Long|null} [causeOffset] Derivation causeOffset
             * @property {number|null} [ordinal] Derivation ordinal
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a Derivation.
             * @memberof headwater.v1
             * @interface IDerivation
             * @augments headwater.v1.Derivation.$Properties
             * @deprecated Use headwater.v1.Derivation.$Properties instead.
             */

            /**
             * Shape of a Derivation.
             * @typedef {headwater.v1.Derivation.$Properties} headwater.v1.Derivation.$Shape
             */

            /**
             * Constructs a new Derivation.
             * @memberof headwater.v1
             * @classdesc Represents a Derivation.
             * @constructor
             * @param {headwater.v1.Derivation.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const Derivation = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * Derivation rule.
             * @member {string} rule
             * @memberof headwater.v1.Derivation
             * @instance
             */
            Derivation.prototype.rule = "";

            /**
             * Derivation revision.
             * @member {number} revision
             * @memberof headwater.v1.Derivation
             * @instance
             */
            Derivation.prototype.revision = 0;

            /**
             * Derivation sourceGateway.
             * @member {string} sourceGateway
             * @memberof headwater.v1.Derivation
             * @instance
             */
            Derivation.prototype.sourceGateway = "";

            /**
             * Derivation sourceEpoch.
             * @member {number|Long} sourceEpoch
             * @memberof headwater.v1.Derivation
             * @instance
             */
            Derivation.prototype.sourceEpoch = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

            /**
             * Derivation sourcePartition.
             * @member {number} sourcePartition
             * @memberof headwater.v1.Derivation
             * @instance
             */
            Derivation.prototype.sourcePartition = 0;

            /**
             * Derivation sourceN.
             * @member {number|Long} sourceN
             * @memberof headwater.v1.Derivation
             * @instance
             */
            Derivation.prototype.sourceN = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

            /**
             * Derivation causeOffset.
             * @member {number|Long} causeOffset
             * @memberof headwater.v1.Derivation
             * @instance
             */
            Derivation.prototype.causeOffset = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

            /**
             * Derivation ordinal.
             * @member {number} ordinal
             * @memberof headwater.v1.Derivation
             * @instance
             */
            Derivation.prototype.ordinal = 0;

            /**
             * Encodes the specified Derivation message. Does not implicitly {@link headwater.v1.Derivation.verify|verify} messages.
             * @function encode
             * @memberof headwater.v1.Derivation
             * @static
             * @param {headwater.v1.Derivation.$Properties} message Derivation message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            Derivation.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.rule != null && $Object.hasOwnProperty.call(message, "rule") && message.rule !== "")
                    writer.uint32(/* id 1, wireType 2 =*/10).string(message.rule);
                if (message.revision != null && $Object.hasOwnProperty.call(message, "revision") && message.revision !== 0)
                    writer.uint32(/* id 2, wireType 0 =*/16).uint32(message.revision);
                if (message.sourceGateway != null && $Object.hasOwnProperty.call(message, "sourceGateway") && message.sourceGateway !== "")
                    writer.uint32(/* id 3, wireType 2 =*/26).string(message.sourceGateway);
                if (message.sourceEpoch != null && $Object.hasOwnProperty.call(message, "sourceEpoch") && (typeof message.sourceEpoch === "object" ? message.sourceEpoch.low || message.sourceEpoch.high : message.sourceEpoch !== 0))
                    writer.uint32(/* id 4, wireType 0 =*/32).uint64(message.sourceEpoch);
                if (message.sourcePartition != null && $Object.hasOwnProperty.call(message, "sourcePartition") && message.sourcePartition !== 0)
                    writer.uint32(/* id 5, wireType 0 =*/40).uint32(message.sourcePartition);
                if (message.sourceN != null && $Object.hasOwnProperty.call(message, "sourceN") && (typeof message.sourceN === "object" ? message.sourceN.low || message.sourceN.high : message.sourceN !== 0))
                    writer.uint32(/* id 6, wireType 0 =*/48).uint64(message.sourceN);
                if (message.causeOffset != null && $Object.hasOwnProperty.call(message, "causeOffset") && (typeof message.causeOffset === "object" ? message.causeOffset.low || message.causeOffset.high : message.causeOffset !== 0))
                    writer.uint32(/* id 7, wireType 0 =*/56).uint64(message.causeOffset);
                if (message.ordinal != null && $Object.hasOwnProperty.call(message, "ordinal") && message.ordinal !== 0)
                    writer.uint32(/* id 8, wireType 0 =*/64).uint32(message.ordinal);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a Derivation message from the specified reader or buffer.
             * @function decode
             * @memberof headwater.v1.Derivation
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {headwater.v1.Derivation & headwater.v1.Derivation.$Shape} Derivation
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            Derivation.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.headwater.v1.Derivation();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.rule = value;
                            else
                                delete message.rule;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.revision = value;
                            else
                                delete message.revision;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.sourceGateway = value;
                            else
                                delete message.sourceGateway;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.sourceEpoch = value;
                            else
                                delete message.sourceEpoch;
                            continue;
                        }
                    case 5: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.sourcePartition = value;
                            else
                                delete message.sourcePartition;
                            continue;
                        }
                    case 6: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.sourceN = value;
                            else
                                delete message.sourceN;
                            continue;
                        }
                    case 7: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.causeOffset = value;
                            else
                                delete message.causeOffset;
                            continue;
                        }
                    case 8: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.ordinal = value;
                            else
                                delete message.ordinal;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return Derivation;
        })();

        v1.Mark = (function() {

            /**
             * Properties of a Mark.
             * @typedef {Object} headwater.v1.Mark.$Properties
             * @property {number|Long|null} [received] Mark received
             * @property {number|Long|null} [dropped] Mark dropped
             * @property {Array.<headwater.v1.DropCount.$Properties>|null} [drops] Mark drops
             * @property {number|Long|null} [forwardedAt] Mark forwardedAt
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a Mark.
             * @memberof headwater.v1
             * @interface IMark
             * @augments headwater.v1.Mark.$Properties
             * @deprecated Use headwater.v1.Mark.$Properties instead.
             */

            /**
             * Shape of a Mark.
             * @typedef {headwater.v1.Mark.$Properties} headwater.v1.Mark.$Shape
             */

            /**
             * Constructs a new Mark.
             * @memberof headwater.v1
             * @classdesc Represents a Mark.
             * @constructor
             * @param {headwater.v1.Mark.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const Mark = function (properties) {
                this.drops = [];
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * Mark received.
             * @member {number|Long} received
             * @memberof headwater.v1.Mark
             * @instance
             */
            Mark.prototype.received = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

            /**
             * Mark dropped.
             * @member {number|Long} dropped
             * @memberof headwater.v1.Mark
             * @instance
             */
            Mark.prototype.dropped = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

            /**
             * Mark drops.
             * @member {Array.<headwater.v1.DropCount.$Properties>} drops
             * @memberof headwater.v1.Mark
             * @instance
             */
            Mark.prototype.drops = $util.emptyArray;

            /**
             * Mark forwardedAt.
             * @member {number|Long} forwardedAt
             * @memberof headwater.v1.Mark
             * @instance
             */
            Mark.prototype.forwardedAt = $util.Long ? $util.Long.fromBits(0,0,false) : 0;

            /**
             * Encodes the specified Mark message. Does not implicitly {@link headwater.v1.Mark.verify|verify} messages.
             * @function encode
             * @memberof headwater.v1.Mark
             * @static
             * @param {headwater.v1.Mark.$Properties} message Mark message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            Mark.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.received != null && $Object.hasOwnProperty.call(message, "received") && (typeof message.received === "object" ? message.received.low || message.received.high : message.received !== 0))
                    writer.uint32(/* id 1, wireType 0 =*/8).uint64(message.received);
                if (message.dropped != null && $Object.hasOwnProperty.call(message, "dropped") && (typeof message.dropped === "object" ? message.dropped.low || message.dropped.high : message.dropped !== 0))
                    writer.uint32(/* id 2, wireType 0 =*/16).uint64(message.dropped);
                if (message.drops != null && message.drops.length)
                    for (let i = 0; i < message.drops.length; ++i)
                        $root.headwater.v1.DropCount.encode(message.drops[i], writer.uint32(/* id 3, wireType 2 =*/26).fork(), _depth + 1).ldelim();
                if (message.forwardedAt != null && $Object.hasOwnProperty.call(message, "forwardedAt") && (typeof message.forwardedAt === "object" ? message.forwardedAt.low || message.forwardedAt.high : message.forwardedAt !== 0))
                    writer.uint32(/* id 4, wireType 0 =*/32).int64(message.forwardedAt);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a Mark message from the specified reader or buffer.
             * @function decode
             * @memberof headwater.v1.Mark
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {headwater.v1.Mark & headwater.v1.Mark.$Shape} Mark
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            Mark.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.headwater.v1.Mark();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.received = value;
                            else
                                delete message.received;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.dropped = value;
                            else
                                delete message.dropped;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            if (!(message.drops && message.drops.length))
                                message.drops = [];
                            message.drops.push($root.headwater.v1.DropCount.decode(reader, reader.size(), $undefined, _depth + 1));
                            continue;
                        }
                    case 4: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                                message.forwardedAt = value;
                            else
                                delete message.forwardedAt;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return Mark;
        })();

        v1.DropCount = (function() {

            /**
             * Properties of a DropCount.
             * @typedef {Object} headwater.v1.DropCount.$Properties
             * @property {string|null} [reason] DropCount reason
             * @property {number|Long|null} [count] DropCount count
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a DropCount.
             * @memberof headwater.v1
             * @interface IDropCount
             * @augments headwater.v1.DropCount.$Properties
             * @deprecated Use headwater.v1.DropCount.$Properties instead.
             */

            /**
             * Shape of a DropCount.
             * @typedef {headwater.v1.DropCount.$Properties} headwater.v1.DropCount.$Shape
             */

            /**
             * Constructs a new DropCount.
             * @memberof headwater.v1
             * @classdesc Represents a DropCount.
             * @constructor
             * @param {headwater.v1.DropCount.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const DropCount = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * DropCount reason.
             * @member {string} reason
             * @memberof headwater.v1.DropCount
             * @instance
             */
            DropCount.prototype.reason = "";

            /**
             * DropCount count.
             * @member {number|Long} count
             * @memberof headwater.v1.DropCount
             * @instance
             */
            DropCount.prototype.count = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

            /**
             * Encodes the specified DropCount message. Does not implicitly {@link headwater.v1.DropCount.verify|verify} messages.
             * @function encode
             * @memberof headwater.v1.DropCount
             * @static
             * @param {headwater.v1.DropCount.$Properties} message DropCount message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            DropCount.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.reason != null && $Object.hasOwnProperty.call(message, "reason") && message.reason !== "")
                    writer.uint32(/* id 1, wireType 2 =*/10).string(message.reason);
                if (message.count != null && $Object.hasOwnProperty.call(message, "count") && (typeof message.count === "object" ? message.count.low || message.count.high : message.count !== 0))
                    writer.uint32(/* id 2, wireType 0 =*/16).uint64(message.count);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a DropCount message from the specified reader or buffer.
             * @function decode
             * @memberof headwater.v1.DropCount
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {headwater.v1.DropCount & headwater.v1.DropCount.$Shape} DropCount
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            DropCount.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.headwater.v1.DropCount();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.reason = value;
                            else
                                delete message.reason;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.count = value;
                            else
                                delete message.count;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return DropCount;
        })();

        v1.Tick = (function() {

            /**
             * Properties of a Tick.
             * @typedef {Object} headwater.v1.Tick.$Properties
             * @property {number|Long|null} [ownerEpoch] Tick ownerEpoch
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a Tick.
             * @memberof headwater.v1
             * @interface ITick
             * @augments headwater.v1.Tick.$Properties
             * @deprecated Use headwater.v1.Tick.$Properties instead.
             */

            /**
             * Shape of a Tick.
             * @typedef {headwater.v1.Tick.$Properties} headwater.v1.Tick.$Shape
             */

            /**
             * Constructs a new Tick.
             * @memberof headwater.v1
             * @classdesc Represents a Tick.
             * @constructor
             * @param {headwater.v1.Tick.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const Tick = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * Tick ownerEpoch.
             * @member {number|Long} ownerEpoch
             * @memberof headwater.v1.Tick
             * @instance
             */
            Tick.prototype.ownerEpoch = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

            /**
             * Encodes the specified Tick message. Does not implicitly {@link headwater.v1.Tick.verify|verify} messages.
             * @function encode
             * @memberof headwater.v1.Tick
             * @static
             * @param {headwater.v1.Tick.$Properties} message Tick message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            Tick.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.ownerEpoch != null && $Object.hasOwnProperty.call(message, "ownerEpoch") && (typeof message.ownerEpoch === "object" ? message.ownerEpoch.low || message.ownerEpoch.high : message.ownerEpoch !== 0))
                    writer.uint32(/* id 1, wireType 0 =*/8).uint64(message.ownerEpoch);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a Tick message from the specified reader or buffer.
             * @function decode
             * @memberof headwater.v1.Tick
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {headwater.v1.Tick & headwater.v1.Tick.$Shape} Tick
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            Tick.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.headwater.v1.Tick();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.ownerEpoch = value;
                            else
                                delete message.ownerEpoch;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return Tick;
        })();

        v1.Gap = (function() {

            /**
             * Properties of a Gap.
             * @typedef {Object} headwater.v1.Gap.$Properties
             * @property {number|Long|null} [fromN] Gap fromN
             * @property {number|Long|null} [toN] Gap toN
             * @property {string|null} [reason] Gap reason
             * @property {number|Long|null} [dropped] Gap dropped
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */

            /**
             * Properties of a Gap.
             * @memberof headwater.v1
             * @interface IGap
             * @augments headwater.v1.Gap.$Properties
             * @deprecated Use headwater.v1.Gap.$Properties instead.
             */

            /**
             * Shape of a Gap.
             * @typedef {headwater.v1.Gap.$Properties} headwater.v1.Gap.$Shape
             */

            /**
             * Constructs a new Gap.
             * @memberof headwater.v1
             * @classdesc Represents a Gap.
             * @constructor
             * @param {headwater.v1.Gap.$Properties=} [properties] Properties to set
             * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
             */
            const Gap = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            /**
             * Gap fromN.
             * @member {number|Long} fromN
             * @memberof headwater.v1.Gap
             * @instance
             */
            Gap.prototype.fromN = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

            /**
             * Gap toN.
             * @member {number|Long} toN
             * @memberof headwater.v1.Gap
             * @instance
             */
            Gap.prototype.toN = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

            /**
             * Gap reason.
             * @member {string} reason
             * @memberof headwater.v1.Gap
             * @instance
             */
            Gap.prototype.reason = "";

            /**
             * Gap dropped.
             * @member {number|Long|null|undefined} dropped
             * @memberof headwater.v1.Gap
             * @instance
             */
            Gap.prototype.dropped = null;

            // OneOf field names bound to virtual getters and setters
            let $oneOfFields;

            // Virtual OneOf for proto3 optional field
            $Object.defineProperty(Gap.prototype, "_dropped", {
                get: $util.oneOfGetter($oneOfFields = ["dropped"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            /**
             * Encodes the specified Gap message. Does not implicitly {@link headwater.v1.Gap.verify|verify} messages.
             * @function encode
             * @memberof headwater.v1.Gap
             * @static
             * @param {headwater.v1.Gap.$Properties} message Gap message or plain object to encode
             * @param {$protobuf.Writer} [writer] Writer to encode to
             * @returns {$protobuf.Writer} Writer
             */
            Gap.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.fromN != null && $Object.hasOwnProperty.call(message, "fromN") && (typeof message.fromN === "object" ? message.fromN.low || message.fromN.high : message.fromN !== 0))
                    writer.uint32(/* id 1, wireType 0 =*/8).uint64(message.fromN);
                if (message.toN != null && $Object.hasOwnProperty.call(message, "toN") && (typeof message.toN === "object" ? message.toN.low || message.toN.high : message.toN !== 0))
                    writer.uint32(/* id 2, wireType 0 =*/16).uint64(message.toN);
                if (message.reason != null && $Object.hasOwnProperty.call(message, "reason") && message.reason !== "")
                    writer.uint32(/* id 3, wireType 2 =*/26).string(message.reason);
                if (message.dropped != null && $Object.hasOwnProperty.call(message, "dropped"))
                    writer.uint32(/* id 4, wireType 0 =*/32).uint64(message.dropped);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            /**
             * Decodes a Gap message from the specified reader or buffer.
             * @function decode
             * @memberof headwater.v1.Gap
             * @static
             * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
             * @param {number} [length] Message length if known beforehand
             * @returns {headwater.v1.Gap & headwater.v1.Gap.$Shape} Gap
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            Gap.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.headwater.v1.Gap();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.fromN = value;
                            else
                                delete message.fromN;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.toN = value;
                            else
                                delete message.toN;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.reason = value;
                            else
                                delete message.reason;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 0)
                                break;
                            message.dropped = reader.uint64();
                            message._dropped = "dropped";
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return Gap;
        })();

        return v1;
    })();

    return headwater;
})();

export {
  $root as default
};
