import * as $protobuf from "protobufjs/minimal.js";
import Long = require("long");

/** Namespace headwater. */
export namespace headwater {

    /** Namespace v1. */
    namespace v1 {

        /**
         * Properties of an AccessEvent.
         * @deprecated Use headwater.v1.AccessEvent.$Properties instead.
         */
        interface IAccessEvent extends headwater.v1.AccessEvent.$Properties {
        }

        /** Represents an AccessEvent. */
        class AccessEvent {

            /**
             * Constructs a new AccessEvent.
             * @param [properties] Properties to set
             */
            constructor(properties?: headwater.v1.AccessEvent.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** AccessEvent id. */
            id: string;

            /** AccessEvent revision. */
            revision: number;

            /** AccessEvent deleted. */
            deleted: boolean;

            /** AccessEvent restated. */
            restated: boolean;

            /** AccessEvent kind. */
            kind: string;

            /** AccessEvent name. */
            name: string;

            /** AccessEvent hash. */
            hash: Uint8Array;

            /** AccessEvent scopes. */
            scopes: string[];

            /** AccessEvent createdAt. */
            createdAt: (number|Long);

            /** AccessEvent expiresAt. */
            expiresAt: (number|Long);

            /** AccessEvent createdBy. */
            createdBy: string;

            /** AccessEvent writeId. */
            writeId: string;

            /** AccessEvent provisioning. */
            provisioning?: (headwater.v1.Provisioning.$Properties|null);

            /** AccessEvent restsOn. */
            restsOn: string;

            /** AccessEvent deviceFilter. */
            deviceFilter: string;

            /** AccessEvent board. */
            board: string;

            /**
             * Encodes the specified AccessEvent message. Does not implicitly {@link headwater.v1.AccessEvent.verify|verify} messages.
             * @param message AccessEvent message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: headwater.v1.AccessEvent.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes an AccessEvent message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {headwater.v1.AccessEvent & headwater.v1.AccessEvent.$Shape} AccessEvent
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): headwater.v1.AccessEvent & headwater.v1.AccessEvent.$Shape;
        }

        namespace AccessEvent {

            /** Properties of an AccessEvent. */
            interface $Properties {

                /** AccessEvent id */
                id?: (string|null);

                /** AccessEvent revision */
                revision?: (number|null);

                /** AccessEvent deleted */
                deleted?: (boolean|null);

                /** AccessEvent restated */
                restated?: (boolean|null);

                /** AccessEvent kind */
                kind?: (string|null);

                /** AccessEvent name */
                name?: (string|null);

                /** AccessEvent hash */
                hash?: (Uint8Array|null);

                /** AccessEvent scopes */
                scopes?: (string[]|null);

                /** AccessEvent createdAt */
                createdAt?: (number|Long|null);

                /** AccessEvent expiresAt */
                expiresAt?: (number|Long|null);

                /** AccessEvent createdBy */
                createdBy?: (string|null);

                /** AccessEvent writeId */
                writeId?: (string|null);

                /** AccessEvent provisioning */
                provisioning?: (headwater.v1.Provisioning.$Properties|null);

                /** AccessEvent restsOn */
                restsOn?: (string|null);

                /** AccessEvent deviceFilter */
                deviceFilter?: (string|null);

                /** AccessEvent board */
                board?: (string|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of an AccessEvent. */
            type $Shape = headwater.v1.AccessEvent.$Properties;
        }

        /**
         * Properties of a Provisioning.
         * @deprecated Use headwater.v1.Provisioning.$Properties instead.
         */
        interface IProvisioning extends headwater.v1.Provisioning.$Properties {
        }

        /** Represents a Provisioning. */
        class Provisioning {

            /**
             * Constructs a new Provisioning.
             * @param [properties] Properties to set
             */
            constructor(properties?: headwater.v1.Provisioning.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Provisioning devices. */
            devices: string;

            /** Provisioning type. */
            type: string;

            /** Provisioning tags. */
            tags: { [k: string]: string };

            /**
             * Encodes the specified Provisioning message. Does not implicitly {@link headwater.v1.Provisioning.verify|verify} messages.
             * @param message Provisioning message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: headwater.v1.Provisioning.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Provisioning message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {headwater.v1.Provisioning & headwater.v1.Provisioning.$Shape} Provisioning
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): headwater.v1.Provisioning & headwater.v1.Provisioning.$Shape;
        }

        namespace Provisioning {

            /** Properties of a Provisioning. */
            interface $Properties {

                /** Provisioning devices */
                devices?: (string|null);

                /** Provisioning type */
                type?: (string|null);

                /** Provisioning tags */
                tags?: ({ [k: string]: string }|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Provisioning. */
            type $Shape = headwater.v1.Provisioning.$Properties;
        }

        /**
         * Properties of an ActionEvent.
         * @deprecated Use headwater.v1.ActionEvent.$Properties instead.
         */
        interface IActionEvent extends headwater.v1.ActionEvent.$Properties {
        }

        /** Represents an ActionEvent. */
        class ActionEvent {

            /**
             * Constructs a new ActionEvent.
             * @param [properties] Properties to set
             */
            constructor(properties?: headwater.v1.ActionEvent.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** ActionEvent actionId. */
            actionId: string;

            /** ActionEvent alertId. */
            alertId: string;

            /** ActionEvent transition. */
            transition: number;

            /** ActionEvent rule. */
            rule: string;

            /** ActionEvent device. */
            device: string;

            /** ActionEvent at. */
            at: (number|Long);

            /** ActionEvent requested. */
            requested?: (headwater.v1.WebhookRequested.$Properties|null);

            /** ActionEvent attempted. */
            attempted?: (headwater.v1.WebhookAttempted.$Properties|null);

            /** ActionEvent succeeded. */
            succeeded?: (headwater.v1.WebhookSucceeded.$Properties|null);

            /** ActionEvent gaveUp. */
            gaveUp?: (headwater.v1.WebhookGaveUp.$Properties|null);

            /** ActionEvent begun. */
            begun?: (headwater.v1.ActionsBegun.$Properties|null);

            /** ActionEvent what. */
            what?: ("requested"|"attempted"|"succeeded"|"gaveUp"|"begun");

            /**
             * Encodes the specified ActionEvent message. Does not implicitly {@link headwater.v1.ActionEvent.verify|verify} messages.
             * @param message ActionEvent message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: headwater.v1.ActionEvent.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes an ActionEvent message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {headwater.v1.ActionEvent & headwater.v1.ActionEvent.$Shape} ActionEvent
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): headwater.v1.ActionEvent & headwater.v1.ActionEvent.$Shape;
        }

        namespace ActionEvent {

            /** Properties of an ActionEvent. */
            interface $Properties {

                /** ActionEvent actionId */
                actionId?: (string|null);

                /** ActionEvent alertId */
                alertId?: (string|null);

                /** ActionEvent transition */
                transition?: (number|null);

                /** ActionEvent rule */
                rule?: (string|null);

                /** ActionEvent device */
                device?: (string|null);

                /** ActionEvent at */
                at?: (number|Long|null);

                /** ActionEvent requested */
                requested?: (headwater.v1.WebhookRequested.$Properties|null);

                /** ActionEvent attempted */
                attempted?: (headwater.v1.WebhookAttempted.$Properties|null);

                /** ActionEvent succeeded */
                succeeded?: (headwater.v1.WebhookSucceeded.$Properties|null);

                /** ActionEvent gaveUp */
                gaveUp?: (headwater.v1.WebhookGaveUp.$Properties|null);

                /** ActionEvent begun */
                begun?: (headwater.v1.ActionsBegun.$Properties|null);

                /** ActionEvent what */
                what?: ("requested"|"attempted"|"succeeded"|"gaveUp"|"begun");

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Narrowed shape of an ActionEvent. */
            type $Shape = {
              actionId?: string|null;
              alertId?: string|null;
              transition?: number|null;
              rule?: string|null;
              device?: string|null;
              at?: number|Long|null;
              requested?: headwater.v1.WebhookRequested.$Shape|null;
              attempted?: headwater.v1.WebhookAttempted.$Shape|null;
              succeeded?: headwater.v1.WebhookSucceeded.$Shape|null;
              gaveUp?: headwater.v1.WebhookGaveUp.$Shape|null;
              begun?: headwater.v1.ActionsBegun.$Shape|null;
              $unknowns?: Uint8Array[];
            } & (
              ({ what?: undefined; requested?: null; attempted?: null; succeeded?: null; gaveUp?: null; begun?: null }|{ what?: "requested"; requested: headwater.v1.WebhookRequested.$Shape; attempted?: null; succeeded?: null; gaveUp?: null; begun?: null }|{ what?: "attempted"; requested?: null; attempted: headwater.v1.WebhookAttempted.$Shape; succeeded?: null; gaveUp?: null; begun?: null }|{ what?: "succeeded"; requested?: null; attempted?: null; succeeded: headwater.v1.WebhookSucceeded.$Shape; gaveUp?: null; begun?: null }|{ what?: "gaveUp"; requested?: null; attempted?: null; succeeded?: null; gaveUp: headwater.v1.WebhookGaveUp.$Shape; begun?: null }|{ what?: "begun"; requested?: null; attempted?: null; succeeded?: null; gaveUp?: null; begun: headwater.v1.ActionsBegun.$Shape })
            );
        }

        /**
         * Properties of a WebhookRequested.
         * @deprecated Use headwater.v1.WebhookRequested.$Properties instead.
         */
        interface IWebhookRequested extends headwater.v1.WebhookRequested.$Properties {
        }

        /** Represents a WebhookRequested. */
        class WebhookRequested {

            /**
             * Constructs a new WebhookRequested.
             * @param [properties] Properties to set
             */
            constructor(properties?: headwater.v1.WebhookRequested.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** WebhookRequested url. */
            url: string;

            /** WebhookRequested kind. */
            kind: string;

            /** WebhookRequested revision. */
            revision: number;

            /** WebhookRequested action. */
            action: number;

            /** WebhookRequested trigger. */
            trigger: string;

            /** WebhookRequested endpoint. */
            endpoint: string;

            /** WebhookRequested definition. */
            definition: string;

            /** WebhookRequested body. */
            body: Uint8Array;

            /** WebhookRequested deadline. */
            deadline: (number|Long);

            /** WebhookRequested alertOffset. */
            alertOffset: (number|Long);

            /** WebhookRequested repetition. */
            repetition: number;

            /** WebhookRequested group. */
            group?: (headwater.v1.ActionGroup.$Properties|null);

            /** WebhookRequested message. */
            message?: (headwater.v1.GroupMessage.$Properties|null);

            /**
             * Encodes the specified WebhookRequested message. Does not implicitly {@link headwater.v1.WebhookRequested.verify|verify} messages.
             * @param message WebhookRequested message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: headwater.v1.WebhookRequested.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a WebhookRequested message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {headwater.v1.WebhookRequested & headwater.v1.WebhookRequested.$Shape} WebhookRequested
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): headwater.v1.WebhookRequested & headwater.v1.WebhookRequested.$Shape;
        }

        namespace WebhookRequested {

            /** Properties of a WebhookRequested. */
            interface $Properties {

                /** WebhookRequested url */
                url?: (string|null);

                /** WebhookRequested kind */
                kind?: (string|null);

                /** WebhookRequested revision */
                revision?: (number|null);

                /** WebhookRequested action */
                action?: (number|null);

                /** WebhookRequested trigger */
                trigger?: (string|null);

                /** WebhookRequested endpoint */
                endpoint?: (string|null);

                /** WebhookRequested definition */
                definition?: (string|null);

                /** WebhookRequested body */
                body?: (Uint8Array|null);

                /** WebhookRequested deadline */
                deadline?: (number|Long|null);

                /** WebhookRequested alertOffset */
                alertOffset?: (number|Long|null);

                /** WebhookRequested repetition */
                repetition?: (number|null);

                /** WebhookRequested group */
                group?: (headwater.v1.ActionGroup.$Properties|null);

                /** WebhookRequested message */
                message?: (headwater.v1.GroupMessage.$Properties|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a WebhookRequested. */
            type $Shape = headwater.v1.WebhookRequested.$Properties;
        }

        /**
         * Properties of an ActionGroup.
         * @deprecated Use headwater.v1.ActionGroup.$Properties instead.
         */
        interface IActionGroup extends headwater.v1.ActionGroup.$Properties {
        }

        /** Represents an ActionGroup. */
        class ActionGroup {

            /**
             * Constructs a new ActionGroup.
             * @param [properties] Properties to set
             */
            constructor(properties?: headwater.v1.ActionGroup.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** ActionGroup key. */
            key: string;

            /** ActionGroup by. */
            by: { [k: string]: string };

            /** ActionGroup wait. */
            wait: (number|Long);

            /** ActionGroup interval. */
            interval: (number|Long);

            /**
             * Encodes the specified ActionGroup message. Does not implicitly {@link headwater.v1.ActionGroup.verify|verify} messages.
             * @param message ActionGroup message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: headwater.v1.ActionGroup.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes an ActionGroup message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {headwater.v1.ActionGroup & headwater.v1.ActionGroup.$Shape} ActionGroup
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): headwater.v1.ActionGroup & headwater.v1.ActionGroup.$Shape;
        }

        namespace ActionGroup {

            /** Properties of an ActionGroup. */
            interface $Properties {

                /** ActionGroup key */
                key?: (string|null);

                /** ActionGroup by */
                by?: ({ [k: string]: string }|null);

                /** ActionGroup wait */
                wait?: (number|Long|null);

                /** ActionGroup interval */
                interval?: (number|Long|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of an ActionGroup. */
            type $Shape = headwater.v1.ActionGroup.$Properties;
        }

        /**
         * Properties of a GroupMessage.
         * @deprecated Use headwater.v1.GroupMessage.$Properties instead.
         */
        interface IGroupMessage extends headwater.v1.GroupMessage.$Properties {
        }

        /** Represents a GroupMessage. */
        class GroupMessage {

            /**
             * Constructs a new GroupMessage.
             * @param [properties] Properties to set
             */
            constructor(properties?: headwater.v1.GroupMessage.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** GroupMessage key. */
            key: string;

            /** GroupMessage told. */
            told: string[];

            /** GroupMessage withdrawn. */
            withdrawn: headwater.v1.Withdrawn.$Properties[];

            /**
             * Encodes the specified GroupMessage message. Does not implicitly {@link headwater.v1.GroupMessage.verify|verify} messages.
             * @param message GroupMessage message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: headwater.v1.GroupMessage.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a GroupMessage message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {headwater.v1.GroupMessage & headwater.v1.GroupMessage.$Shape} GroupMessage
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): headwater.v1.GroupMessage & headwater.v1.GroupMessage.$Shape;
        }

        namespace GroupMessage {

            /** Properties of a GroupMessage. */
            interface $Properties {

                /** GroupMessage key */
                key?: (string|null);

                /** GroupMessage told */
                told?: (string[]|null);

                /** GroupMessage withdrawn */
                withdrawn?: (headwater.v1.Withdrawn.$Properties[]|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a GroupMessage. */
            type $Shape = headwater.v1.GroupMessage.$Properties;
        }

        /**
         * Properties of a Withdrawn.
         * @deprecated Use headwater.v1.Withdrawn.$Properties instead.
         */
        interface IWithdrawn extends headwater.v1.Withdrawn.$Properties {
        }

        /** Represents a Withdrawn. */
        class Withdrawn {

            /**
             * Constructs a new Withdrawn.
             * @param [properties] Properties to set
             */
            constructor(properties?: headwater.v1.Withdrawn.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Withdrawn action. */
            action: string;

            /** Withdrawn reason. */
            reason: string;

            /**
             * Encodes the specified Withdrawn message. Does not implicitly {@link headwater.v1.Withdrawn.verify|verify} messages.
             * @param message Withdrawn message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: headwater.v1.Withdrawn.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Withdrawn message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {headwater.v1.Withdrawn & headwater.v1.Withdrawn.$Shape} Withdrawn
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): headwater.v1.Withdrawn & headwater.v1.Withdrawn.$Shape;
        }

        namespace Withdrawn {

            /** Properties of a Withdrawn. */
            interface $Properties {

                /** Withdrawn action */
                action?: (string|null);

                /** Withdrawn reason */
                reason?: (string|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Withdrawn. */
            type $Shape = headwater.v1.Withdrawn.$Properties;
        }

        /**
         * Properties of a WebhookAttempted.
         * @deprecated Use headwater.v1.WebhookAttempted.$Properties instead.
         */
        interface IWebhookAttempted extends headwater.v1.WebhookAttempted.$Properties {
        }

        /** Represents a WebhookAttempted. */
        class WebhookAttempted {

            /**
             * Constructs a new WebhookAttempted.
             * @param [properties] Properties to set
             */
            constructor(properties?: headwater.v1.WebhookAttempted.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** WebhookAttempted attempt. */
            attempt: number;

            /** WebhookAttempted status. */
            status: number;

            /** WebhookAttempted error. */
            error: string;

            /** WebhookAttempted retryAt. */
            retryAt: (number|Long);

            /**
             * Encodes the specified WebhookAttempted message. Does not implicitly {@link headwater.v1.WebhookAttempted.verify|verify} messages.
             * @param message WebhookAttempted message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: headwater.v1.WebhookAttempted.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a WebhookAttempted message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {headwater.v1.WebhookAttempted & headwater.v1.WebhookAttempted.$Shape} WebhookAttempted
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): headwater.v1.WebhookAttempted & headwater.v1.WebhookAttempted.$Shape;
        }

        namespace WebhookAttempted {

            /** Properties of a WebhookAttempted. */
            interface $Properties {

                /** WebhookAttempted attempt */
                attempt?: (number|null);

                /** WebhookAttempted status */
                status?: (number|null);

                /** WebhookAttempted error */
                error?: (string|null);

                /** WebhookAttempted retryAt */
                retryAt?: (number|Long|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a WebhookAttempted. */
            type $Shape = headwater.v1.WebhookAttempted.$Properties;
        }

        /**
         * Properties of a WebhookSucceeded.
         * @deprecated Use headwater.v1.WebhookSucceeded.$Properties instead.
         */
        interface IWebhookSucceeded extends headwater.v1.WebhookSucceeded.$Properties {
        }

        /** Represents a WebhookSucceeded. */
        class WebhookSucceeded {

            /**
             * Constructs a new WebhookSucceeded.
             * @param [properties] Properties to set
             */
            constructor(properties?: headwater.v1.WebhookSucceeded.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** WebhookSucceeded status. */
            status: number;

            /** WebhookSucceeded attempt. */
            attempt: number;

            /**
             * Encodes the specified WebhookSucceeded message. Does not implicitly {@link headwater.v1.WebhookSucceeded.verify|verify} messages.
             * @param message WebhookSucceeded message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: headwater.v1.WebhookSucceeded.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a WebhookSucceeded message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {headwater.v1.WebhookSucceeded & headwater.v1.WebhookSucceeded.$Shape} WebhookSucceeded
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): headwater.v1.WebhookSucceeded & headwater.v1.WebhookSucceeded.$Shape;
        }

        namespace WebhookSucceeded {

            /** Properties of a WebhookSucceeded. */
            interface $Properties {

                /** WebhookSucceeded status */
                status?: (number|null);

                /** WebhookSucceeded attempt */
                attempt?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a WebhookSucceeded. */
            type $Shape = headwater.v1.WebhookSucceeded.$Properties;
        }

        /**
         * Properties of a WebhookGaveUp.
         * @deprecated Use headwater.v1.WebhookGaveUp.$Properties instead.
         */
        interface IWebhookGaveUp extends headwater.v1.WebhookGaveUp.$Properties {
        }

        /** Represents a WebhookGaveUp. */
        class WebhookGaveUp {

            /**
             * Constructs a new WebhookGaveUp.
             * @param [properties] Properties to set
             */
            constructor(properties?: headwater.v1.WebhookGaveUp.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** WebhookGaveUp reason. */
            reason: string;

            /** WebhookGaveUp attempt. */
            attempt: number;

            /**
             * Encodes the specified WebhookGaveUp message. Does not implicitly {@link headwater.v1.WebhookGaveUp.verify|verify} messages.
             * @param message WebhookGaveUp message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: headwater.v1.WebhookGaveUp.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a WebhookGaveUp message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {headwater.v1.WebhookGaveUp & headwater.v1.WebhookGaveUp.$Shape} WebhookGaveUp
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): headwater.v1.WebhookGaveUp & headwater.v1.WebhookGaveUp.$Shape;
        }

        namespace WebhookGaveUp {

            /** Properties of a WebhookGaveUp. */
            interface $Properties {

                /** WebhookGaveUp reason */
                reason?: (string|null);

                /** WebhookGaveUp attempt */
                attempt?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a WebhookGaveUp. */
            type $Shape = headwater.v1.WebhookGaveUp.$Properties;
        }

        /**
         * Properties of an ActionsBegun.
         * @deprecated Use headwater.v1.ActionsBegun.$Properties instead.
         */
        interface IActionsBegun extends headwater.v1.ActionsBegun.$Properties {
        }

        /** Represents an ActionsBegun. */
        class ActionsBegun {

            /**
             * Constructs a new ActionsBegun.
             * @param [properties] Properties to set
             */
            constructor(properties?: headwater.v1.ActionsBegun.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** ActionsBegun fromOffset. */
            fromOffset: (number|Long);

            /**
             * Encodes the specified ActionsBegun message. Does not implicitly {@link headwater.v1.ActionsBegun.verify|verify} messages.
             * @param message ActionsBegun message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: headwater.v1.ActionsBegun.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes an ActionsBegun message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {headwater.v1.ActionsBegun & headwater.v1.ActionsBegun.$Shape} ActionsBegun
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): headwater.v1.ActionsBegun & headwater.v1.ActionsBegun.$Shape;
        }

        namespace ActionsBegun {

            /** Properties of an ActionsBegun. */
            interface $Properties {

                /** ActionsBegun fromOffset */
                fromOffset?: (number|Long|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of an ActionsBegun. */
            type $Shape = headwater.v1.ActionsBegun.$Properties;
        }

        /**
         * Properties of an AlertEvent.
         * @deprecated Use headwater.v1.AlertEvent.$Properties instead.
         */
        interface IAlertEvent extends headwater.v1.AlertEvent.$Properties {
        }

        /** Represents an AlertEvent. */
        class AlertEvent {

            /**
             * Constructs a new AlertEvent.
             * @param [properties] Properties to set
             */
            constructor(properties?: headwater.v1.AlertEvent.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** AlertEvent alertId. */
            alertId: string;

            /** AlertEvent transition. */
            transition: number;

            /** AlertEvent rule. */
            rule: string;

            /** AlertEvent revision. */
            revision: number;

            /** AlertEvent device. */
            device: string;

            /** AlertEvent kind. */
            kind: headwater.v1.AlertTransition;

            /** AlertEvent severity. */
            severity: string;

            /** AlertEvent at. */
            at: (number|Long);

            /** AlertEvent metric. */
            metric: string;

            /** AlertEvent value. */
            value: number;

            /** AlertEvent threshold. */
            threshold: number;

            /** AlertEvent amended. */
            amended: boolean;

            /** AlertEvent shadow. */
            shadow: boolean;

            /** AlertEvent cause. */
            cause: string;

            /** AlertEvent by. */
            by: string;

            /** AlertEvent comment. */
            comment: string;

            /** AlertEvent raisedAt. */
            raisedAt: (number|Long);

            /** AlertEvent clearedAt. */
            clearedAt: (number|Long);

            /** AlertEvent evidence. */
            evidence: headwater.v1.Evidence.$Properties[];

            /** AlertEvent writeId. */
            writeId: string;

            /** AlertEvent text. */
            text?: (string|null);

            /** AlertEvent assignee. */
            assignee: string;

            /** AlertEvent snoozedUntil. */
            snoozedUntil: (number|Long);

            /** AlertEvent mutedBy. */
            mutedBy: string[];

            /** AlertEvent flapping. */
            flapping: boolean;

            /** AlertEvent action. */
            action: number;

            /** AlertEvent repetition. */
            repetition: number;

            /** AlertEvent gateway. */
            gateway: string;

            /** AlertEvent reason. */
            reason: string;

            /** AlertEvent groupedBy. */
            groupedBy: { [k: string]: string };

            /** AlertEvent seen. */
            seen: number;

            /**
             * Encodes the specified AlertEvent message. Does not implicitly {@link headwater.v1.AlertEvent.verify|verify} messages.
             * @param message AlertEvent message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: headwater.v1.AlertEvent.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes an AlertEvent message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {headwater.v1.AlertEvent & headwater.v1.AlertEvent.$Shape} AlertEvent
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): headwater.v1.AlertEvent & headwater.v1.AlertEvent.$Shape;
        }

        namespace AlertEvent {

            /** Properties of an AlertEvent. */
            interface $Properties {

                /** AlertEvent alertId */
                alertId?: (string|null);

                /** AlertEvent transition */
                transition?: (number|null);

                /** AlertEvent rule */
                rule?: (string|null);

                /** AlertEvent revision */
                revision?: (number|null);

                /** AlertEvent device */
                device?: (string|null);

                /** AlertEvent kind */
                kind?: (headwater.v1.AlertTransition|null);

                /** AlertEvent severity */
                severity?: (string|null);

                /** AlertEvent at */
                at?: (number|Long|null);

                /** AlertEvent metric */
                metric?: (string|null);

                /** AlertEvent value */
                value?: (number|null);

                /** AlertEvent threshold */
                threshold?: (number|null);

                /** AlertEvent amended */
                amended?: (boolean|null);

                /** AlertEvent shadow */
                shadow?: (boolean|null);

                /** AlertEvent cause */
                cause?: (string|null);

                /** AlertEvent by */
                by?: (string|null);

                /** AlertEvent comment */
                comment?: (string|null);

                /** AlertEvent raisedAt */
                raisedAt?: (number|Long|null);

                /** AlertEvent clearedAt */
                clearedAt?: (number|Long|null);

                /** AlertEvent evidence */
                evidence?: (headwater.v1.Evidence.$Properties[]|null);

                /** AlertEvent writeId */
                writeId?: (string|null);

                /** AlertEvent text */
                text?: (string|null);

                /** AlertEvent assignee */
                assignee?: (string|null);

                /** AlertEvent snoozedUntil */
                snoozedUntil?: (number|Long|null);

                /** AlertEvent mutedBy */
                mutedBy?: (string[]|null);

                /** AlertEvent flapping */
                flapping?: (boolean|null);

                /** AlertEvent action */
                action?: (number|null);

                /** AlertEvent repetition */
                repetition?: (number|null);

                /** AlertEvent gateway */
                gateway?: (string|null);

                /** AlertEvent reason */
                reason?: (string|null);

                /** AlertEvent groupedBy */
                groupedBy?: ({ [k: string]: string }|null);

                /** AlertEvent seen */
                seen?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of an AlertEvent. */
            type $Shape = headwater.v1.AlertEvent.$Properties;
        }

        /** AlertTransition enum. */
        enum AlertTransition {

            /** ALERT_TRANSITION_UNSPECIFIED value */
            ALERT_TRANSITION_UNSPECIFIED = 0,

            /** ALERT_TRANSITION_RAISED value */
            ALERT_TRANSITION_RAISED = 1,

            /** ALERT_TRANSITION_ESCALATED value */
            ALERT_TRANSITION_ESCALATED = 2,

            /** ALERT_TRANSITION_DEESCALATED value */
            ALERT_TRANSITION_DEESCALATED = 3,

            /** ALERT_TRANSITION_ACKNOWLEDGED value */
            ALERT_TRANSITION_ACKNOWLEDGED = 4,

            /** ALERT_TRANSITION_CLEARED value */
            ALERT_TRANSITION_CLEARED = 5,

            /** ALERT_TRANSITION_AMENDED value */
            ALERT_TRANSITION_AMENDED = 6,

            /** ALERT_TRANSITION_ASSIGNED value */
            ALERT_TRANSITION_ASSIGNED = 7,

            /** ALERT_TRANSITION_COMMENTED value */
            ALERT_TRANSITION_COMMENTED = 8,

            /** ALERT_TRANSITION_SNOOZED value */
            ALERT_TRANSITION_SNOOZED = 9,

            /** ALERT_TRANSITION_MUTED value */
            ALERT_TRANSITION_MUTED = 10,

            /** ALERT_TRANSITION_UNMUTED value */
            ALERT_TRANSITION_UNMUTED = 11,

            /** ALERT_TRANSITION_FLAPPING value */
            ALERT_TRANSITION_FLAPPING = 12,

            /** ALERT_TRANSITION_REPEATED value */
            ALERT_TRANSITION_REPEATED = 13
        }

        /**
         * Properties of an Evidence.
         * @deprecated Use headwater.v1.Evidence.$Properties instead.
         */
        interface IEvidence extends headwater.v1.Evidence.$Properties {
        }

        /** Represents an Evidence. */
        class Evidence {

            /**
             * Constructs a new Evidence.
             * @param [properties] Properties to set
             */
            constructor(properties?: headwater.v1.Evidence.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Evidence gateway. */
            gateway: string;

            /** Evidence epoch. */
            epoch: (number|Long);

            /** Evidence partition. */
            partition: number;

            /** Evidence n. */
            n: (number|Long);

            /** Evidence offset. */
            offset: (number|Long);

            /** Evidence eventTime. */
            eventTime: (number|Long);

            /** Evidence metric. */
            metric: string;

            /** Evidence value. */
            value: number;

            /** Evidence role. */
            role: string;

            /** Evidence text. */
            text?: (string|null);

            /** Evidence derivedBy. */
            derivedBy: string;

            /** Evidence derivedRevision. */
            derivedRevision: number;

            /**
             * Encodes the specified Evidence message. Does not implicitly {@link headwater.v1.Evidence.verify|verify} messages.
             * @param message Evidence message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: headwater.v1.Evidence.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes an Evidence message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {headwater.v1.Evidence & headwater.v1.Evidence.$Shape} Evidence
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): headwater.v1.Evidence & headwater.v1.Evidence.$Shape;
        }

        namespace Evidence {

            /** Properties of an Evidence. */
            interface $Properties {

                /** Evidence gateway */
                gateway?: (string|null);

                /** Evidence epoch */
                epoch?: (number|Long|null);

                /** Evidence partition */
                partition?: (number|null);

                /** Evidence n */
                n?: (number|Long|null);

                /** Evidence offset */
                offset?: (number|Long|null);

                /** Evidence eventTime */
                eventTime?: (number|Long|null);

                /** Evidence metric */
                metric?: (string|null);

                /** Evidence value */
                value?: (number|null);

                /** Evidence role */
                role?: (string|null);

                /** Evidence text */
                text?: (string|null);

                /** Evidence derivedBy */
                derivedBy?: (string|null);

                /** Evidence derivedRevision */
                derivedRevision?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of an Evidence. */
            type $Shape = headwater.v1.Evidence.$Properties;
        }

        /**
         * Properties of a CommandEvent.
         * @deprecated Use headwater.v1.CommandEvent.$Properties instead.
         */
        interface ICommandEvent extends headwater.v1.CommandEvent.$Properties {
        }

        /** Represents a CommandEvent. */
        class CommandEvent {

            /**
             * Constructs a new CommandEvent.
             * @param [properties] Properties to set
             */
            constructor(properties?: headwater.v1.CommandEvent.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** CommandEvent commandId. */
            commandId: string;

            /** CommandEvent device. */
            device: string;

            /** CommandEvent at. */
            at: (number|Long);

            /** CommandEvent requested. */
            requested?: (headwater.v1.CommandRequested.$Properties|null);

            /** CommandEvent claimed. */
            claimed?: (headwater.v1.CommandClaimed.$Properties|null);

            /** CommandEvent delivered. */
            delivered?: (headwater.v1.CommandDelivered.$Properties|null);

            /** CommandEvent succeeded. */
            succeeded?: (headwater.v1.CommandReplied.$Properties|null);

            /** CommandEvent failed. */
            failed?: (headwater.v1.CommandReplied.$Properties|null);

            /** CommandEvent rejected. */
            rejected?: (headwater.v1.CommandReplied.$Properties|null);

            /** CommandEvent expired. */
            expired?: (headwater.v1.CommandExpired.$Properties|null);

            /** CommandEvent timedOut. */
            timedOut?: (headwater.v1.CommandTimedOut.$Properties|null);

            /** CommandEvent what. */
            what?: ("requested"|"claimed"|"delivered"|"succeeded"|"failed"|"rejected"|"expired"|"timedOut");

            /**
             * Encodes the specified CommandEvent message. Does not implicitly {@link headwater.v1.CommandEvent.verify|verify} messages.
             * @param message CommandEvent message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: headwater.v1.CommandEvent.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a CommandEvent message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {headwater.v1.CommandEvent & headwater.v1.CommandEvent.$Shape} CommandEvent
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): headwater.v1.CommandEvent & headwater.v1.CommandEvent.$Shape;
        }

        namespace CommandEvent {

            /** Properties of a CommandEvent. */
            interface $Properties {

                /** CommandEvent commandId */
                commandId?: (string|null);

                /** CommandEvent device */
                device?: (string|null);

                /** CommandEvent at */
                at?: (number|Long|null);

                /** CommandEvent requested */
                requested?: (headwater.v1.CommandRequested.$Properties|null);

                /** CommandEvent claimed */
                claimed?: (headwater.v1.CommandClaimed.$Properties|null);

                /** CommandEvent delivered */
                delivered?: (headwater.v1.CommandDelivered.$Properties|null);

                /** CommandEvent succeeded */
                succeeded?: (headwater.v1.CommandReplied.$Properties|null);

                /** CommandEvent failed */
                failed?: (headwater.v1.CommandReplied.$Properties|null);

                /** CommandEvent rejected */
                rejected?: (headwater.v1.CommandReplied.$Properties|null);

                /** CommandEvent expired */
                expired?: (headwater.v1.CommandExpired.$Properties|null);

                /** CommandEvent timedOut */
                timedOut?: (headwater.v1.CommandTimedOut.$Properties|null);

                /** CommandEvent what */
                what?: ("requested"|"claimed"|"delivered"|"succeeded"|"failed"|"rejected"|"expired"|"timedOut");

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Narrowed shape of a CommandEvent. */
            type $Shape = {
              commandId?: string|null;
              device?: string|null;
              at?: number|Long|null;
              requested?: headwater.v1.CommandRequested.$Shape|null;
              claimed?: headwater.v1.CommandClaimed.$Shape|null;
              delivered?: headwater.v1.CommandDelivered.$Shape|null;
              succeeded?: headwater.v1.CommandReplied.$Shape|null;
              failed?: headwater.v1.CommandReplied.$Shape|null;
              rejected?: headwater.v1.CommandReplied.$Shape|null;
              expired?: headwater.v1.CommandExpired.$Shape|null;
              timedOut?: headwater.v1.CommandTimedOut.$Shape|null;
              $unknowns?: Uint8Array[];
            } & (
              ({ what?: undefined; requested?: null; claimed?: null; delivered?: null; succeeded?: null; failed?: null; rejected?: null; expired?: null; timedOut?: null }|{ what?: "requested"; requested: headwater.v1.CommandRequested.$Shape; claimed?: null; delivered?: null; succeeded?: null; failed?: null; rejected?: null; expired?: null; timedOut?: null }|{ what?: "claimed"; requested?: null; claimed: headwater.v1.CommandClaimed.$Shape; delivered?: null; succeeded?: null; failed?: null; rejected?: null; expired?: null; timedOut?: null }|{ what?: "delivered"; requested?: null; claimed?: null; delivered: headwater.v1.CommandDelivered.$Shape; succeeded?: null; failed?: null; rejected?: null; expired?: null; timedOut?: null }|{ what?: "succeeded"; requested?: null; claimed?: null; delivered?: null; succeeded: headwater.v1.CommandReplied.$Shape; failed?: null; rejected?: null; expired?: null; timedOut?: null }|{ what?: "failed"; requested?: null; claimed?: null; delivered?: null; succeeded?: null; failed: headwater.v1.CommandReplied.$Shape; rejected?: null; expired?: null; timedOut?: null }|{ what?: "rejected"; requested?: null; claimed?: null; delivered?: null; succeeded?: null; failed?: null; rejected: headwater.v1.CommandReplied.$Shape; expired?: null; timedOut?: null }|{ what?: "expired"; requested?: null; claimed?: null; delivered?: null; succeeded?: null; failed?: null; rejected?: null; expired: headwater.v1.CommandExpired.$Shape; timedOut?: null }|{ what?: "timedOut"; requested?: null; claimed?: null; delivered?: null; succeeded?: null; failed?: null; rejected?: null; expired?: null; timedOut: headwater.v1.CommandTimedOut.$Shape })
            );
        }

        /**
         * Properties of a CommandRequested.
         * @deprecated Use headwater.v1.CommandRequested.$Properties instead.
         */
        interface ICommandRequested extends headwater.v1.CommandRequested.$Properties {
        }

        /** Represents a CommandRequested. */
        class CommandRequested {

            /**
             * Constructs a new CommandRequested.
             * @param [properties] Properties to set
             */
            constructor(properties?: headwater.v1.CommandRequested.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** CommandRequested name. */
            name: string;

            /** CommandRequested params. */
            params: string;

            /** CommandRequested ttlMs. */
            ttlMs: (number|Long);

            /** CommandRequested requestedBy. */
            requestedBy: string;

            /** CommandRequested redeliver. */
            redeliver: boolean;

            /** CommandRequested cause. */
            cause?: (headwater.v1.CommandCause.$Properties|null);

            /** CommandRequested life. */
            life: number;

            /**
             * Encodes the specified CommandRequested message. Does not implicitly {@link headwater.v1.CommandRequested.verify|verify} messages.
             * @param message CommandRequested message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: headwater.v1.CommandRequested.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a CommandRequested message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {headwater.v1.CommandRequested & headwater.v1.CommandRequested.$Shape} CommandRequested
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): headwater.v1.CommandRequested & headwater.v1.CommandRequested.$Shape;
        }

        namespace CommandRequested {

            /** Properties of a CommandRequested. */
            interface $Properties {

                /** CommandRequested name */
                name?: (string|null);

                /** CommandRequested params */
                params?: (string|null);

                /** CommandRequested ttlMs */
                ttlMs?: (number|Long|null);

                /** CommandRequested requestedBy */
                requestedBy?: (string|null);

                /** CommandRequested redeliver */
                redeliver?: (boolean|null);

                /** CommandRequested cause */
                cause?: (headwater.v1.CommandCause.$Properties|null);

                /** CommandRequested life */
                life?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a CommandRequested. */
            type $Shape = headwater.v1.CommandRequested.$Properties;
        }

        /**
         * Properties of a CommandCause.
         * @deprecated Use headwater.v1.CommandCause.$Properties instead.
         */
        interface ICommandCause extends headwater.v1.CommandCause.$Properties {
        }

        /** Represents a CommandCause. */
        class CommandCause {

            /**
             * Constructs a new CommandCause.
             * @param [properties] Properties to set
             */
            constructor(properties?: headwater.v1.CommandCause.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** CommandCause alertId. */
            alertId: string;

            /** CommandCause transition. */
            transition: number;

            /** CommandCause action. */
            action: number;

            /** CommandCause rule. */
            rule: string;

            /** CommandCause eventTime. */
            eventTime: (number|Long);

            /** CommandCause time. */
            time: (number|Long);

            /** CommandCause repetition. */
            repetition: number;

            /**
             * Encodes the specified CommandCause message. Does not implicitly {@link headwater.v1.CommandCause.verify|verify} messages.
             * @param message CommandCause message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: headwater.v1.CommandCause.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a CommandCause message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {headwater.v1.CommandCause & headwater.v1.CommandCause.$Shape} CommandCause
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): headwater.v1.CommandCause & headwater.v1.CommandCause.$Shape;
        }

        namespace CommandCause {

            /** Properties of a CommandCause. */
            interface $Properties {

                /** CommandCause alertId */
                alertId?: (string|null);

                /** CommandCause transition */
                transition?: (number|null);

                /** CommandCause action */
                action?: (number|null);

                /** CommandCause rule */
                rule?: (string|null);

                /** CommandCause eventTime */
                eventTime?: (number|Long|null);

                /** CommandCause time */
                time?: (number|Long|null);

                /** CommandCause repetition */
                repetition?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a CommandCause. */
            type $Shape = headwater.v1.CommandCause.$Properties;
        }

        /**
         * Properties of a CommandClaimed.
         * @deprecated Use headwater.v1.CommandClaimed.$Properties instead.
         */
        interface ICommandClaimed extends headwater.v1.CommandClaimed.$Properties {
        }

        /** Represents a CommandClaimed. */
        class CommandClaimed {

            /**
             * Constructs a new CommandClaimed.
             * @param [properties] Properties to set
             */
            constructor(properties?: headwater.v1.CommandClaimed.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** CommandClaimed gateway. */
            gateway: string;

            /** CommandClaimed session. */
            session: string;

            /**
             * Encodes the specified CommandClaimed message. Does not implicitly {@link headwater.v1.CommandClaimed.verify|verify} messages.
             * @param message CommandClaimed message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: headwater.v1.CommandClaimed.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a CommandClaimed message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {headwater.v1.CommandClaimed & headwater.v1.CommandClaimed.$Shape} CommandClaimed
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): headwater.v1.CommandClaimed & headwater.v1.CommandClaimed.$Shape;
        }

        namespace CommandClaimed {

            /** Properties of a CommandClaimed. */
            interface $Properties {

                /** CommandClaimed gateway */
                gateway?: (string|null);

                /** CommandClaimed session */
                session?: (string|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a CommandClaimed. */
            type $Shape = headwater.v1.CommandClaimed.$Properties;
        }

        /**
         * Properties of a CommandDelivered.
         * @deprecated Use headwater.v1.CommandDelivered.$Properties instead.
         */
        interface ICommandDelivered extends headwater.v1.CommandDelivered.$Properties {
        }

        /** Represents a CommandDelivered. */
        class CommandDelivered {

            /**
             * Constructs a new CommandDelivered.
             * @param [properties] Properties to set
             */
            constructor(properties?: headwater.v1.CommandDelivered.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** CommandDelivered gateway. */
            gateway: string;

            /** CommandDelivered session. */
            session: string;

            /**
             * Encodes the specified CommandDelivered message. Does not implicitly {@link headwater.v1.CommandDelivered.verify|verify} messages.
             * @param message CommandDelivered message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: headwater.v1.CommandDelivered.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a CommandDelivered message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {headwater.v1.CommandDelivered & headwater.v1.CommandDelivered.$Shape} CommandDelivered
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): headwater.v1.CommandDelivered & headwater.v1.CommandDelivered.$Shape;
        }

        namespace CommandDelivered {

            /** Properties of a CommandDelivered. */
            interface $Properties {

                /** CommandDelivered gateway */
                gateway?: (string|null);

                /** CommandDelivered session */
                session?: (string|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a CommandDelivered. */
            type $Shape = headwater.v1.CommandDelivered.$Properties;
        }

        /**
         * Properties of a CommandReplied.
         * @deprecated Use headwater.v1.CommandReplied.$Properties instead.
         */
        interface ICommandReplied extends headwater.v1.CommandReplied.$Properties {
        }

        /** Represents a CommandReplied. */
        class CommandReplied {

            /**
             * Constructs a new CommandReplied.
             * @param [properties] Properties to set
             */
            constructor(properties?: headwater.v1.CommandReplied.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** CommandReplied result. */
            result: string;

            /** CommandReplied reason. */
            reason: string;

            /**
             * Encodes the specified CommandReplied message. Does not implicitly {@link headwater.v1.CommandReplied.verify|verify} messages.
             * @param message CommandReplied message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: headwater.v1.CommandReplied.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a CommandReplied message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {headwater.v1.CommandReplied & headwater.v1.CommandReplied.$Shape} CommandReplied
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): headwater.v1.CommandReplied & headwater.v1.CommandReplied.$Shape;
        }

        namespace CommandReplied {

            /** Properties of a CommandReplied. */
            interface $Properties {

                /** CommandReplied result */
                result?: (string|null);

                /** CommandReplied reason */
                reason?: (string|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a CommandReplied. */
            type $Shape = headwater.v1.CommandReplied.$Properties;
        }

        /**
         * Properties of a CommandExpired.
         * @deprecated Use headwater.v1.CommandExpired.$Properties instead.
         */
        interface ICommandExpired extends headwater.v1.CommandExpired.$Properties {
        }

        /** Represents a CommandExpired. */
        class CommandExpired {

            /**
             * Constructs a new CommandExpired.
             * @param [properties] Properties to set
             */
            constructor(properties?: headwater.v1.CommandExpired.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** CommandExpired reason. */
            reason: string;

            /**
             * Encodes the specified CommandExpired message. Does not implicitly {@link headwater.v1.CommandExpired.verify|verify} messages.
             * @param message CommandExpired message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: headwater.v1.CommandExpired.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a CommandExpired message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {headwater.v1.CommandExpired & headwater.v1.CommandExpired.$Shape} CommandExpired
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): headwater.v1.CommandExpired & headwater.v1.CommandExpired.$Shape;
        }

        namespace CommandExpired {

            /** Properties of a CommandExpired. */
            interface $Properties {

                /** CommandExpired reason */
                reason?: (string|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a CommandExpired. */
            type $Shape = headwater.v1.CommandExpired.$Properties;
        }

        /**
         * Properties of a CommandTimedOut.
         * @deprecated Use headwater.v1.CommandTimedOut.$Properties instead.
         */
        interface ICommandTimedOut extends headwater.v1.CommandTimedOut.$Properties {
        }

        /** Represents a CommandTimedOut. */
        class CommandTimedOut {

            /**
             * Constructs a new CommandTimedOut.
             * @param [properties] Properties to set
             */
            constructor(properties?: headwater.v1.CommandTimedOut.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** CommandTimedOut reason. */
            reason: string;

            /**
             * Encodes the specified CommandTimedOut message. Does not implicitly {@link headwater.v1.CommandTimedOut.verify|verify} messages.
             * @param message CommandTimedOut message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: headwater.v1.CommandTimedOut.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a CommandTimedOut message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {headwater.v1.CommandTimedOut & headwater.v1.CommandTimedOut.$Shape} CommandTimedOut
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): headwater.v1.CommandTimedOut & headwater.v1.CommandTimedOut.$Shape;
        }

        namespace CommandTimedOut {

            /** Properties of a CommandTimedOut. */
            interface $Properties {

                /** CommandTimedOut reason */
                reason?: (string|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a CommandTimedOut. */
            type $Shape = headwater.v1.CommandTimedOut.$Properties;
        }

        /**
         * Properties of a DeviceEvent.
         * @deprecated Use headwater.v1.DeviceEvent.$Properties instead.
         */
        interface IDeviceEvent extends headwater.v1.DeviceEvent.$Properties {
        }

        /** Represents a DeviceEvent. */
        class DeviceEvent {

            /**
             * Constructs a new DeviceEvent.
             * @param [properties] Properties to set
             */
            constructor(properties?: headwater.v1.DeviceEvent.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** DeviceEvent id. */
            id: string;

            /** DeviceEvent revision. */
            revision: number;

            /** DeviceEvent deleted. */
            deleted: boolean;

            /** DeviceEvent restated. */
            restated: boolean;

            /** DeviceEvent type. */
            type: string;

            /** DeviceEvent tags. */
            tags: { [k: string]: string };

            /** DeviceEvent attributes. */
            attributes: { [k: string]: headwater.v1.AttributeValue.$Properties };

            /** DeviceEvent credentials. */
            credentials: headwater.v1.Credential.$Properties[];

            /** DeviceEvent createdAt. */
            createdAt: (number|Long);

            /** DeviceEvent updatedAt. */
            updatedAt: (number|Long);

            /** DeviceEvent updatedBy. */
            updatedBy: string;

            /** DeviceEvent writeId. */
            writeId: string;

            /** DeviceEvent incarnation. */
            incarnation: number;

            /** DeviceEvent incarnationSince. */
            incarnationSince: (number|Long);

            /** DeviceEvent erasedBelow. */
            erasedBelow: number;

            /** DeviceEvent erasedUntil. */
            erasedUntil: (number|Long);

            /**
             * Encodes the specified DeviceEvent message. Does not implicitly {@link headwater.v1.DeviceEvent.verify|verify} messages.
             * @param message DeviceEvent message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: headwater.v1.DeviceEvent.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a DeviceEvent message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {headwater.v1.DeviceEvent & headwater.v1.DeviceEvent.$Shape} DeviceEvent
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): headwater.v1.DeviceEvent & headwater.v1.DeviceEvent.$Shape;
        }

        namespace DeviceEvent {

            /** Properties of a DeviceEvent. */
            interface $Properties {

                /** DeviceEvent id */
                id?: (string|null);

                /** DeviceEvent revision */
                revision?: (number|null);

                /** DeviceEvent deleted */
                deleted?: (boolean|null);

                /** DeviceEvent restated */
                restated?: (boolean|null);

                /** DeviceEvent type */
                type?: (string|null);

                /** DeviceEvent tags */
                tags?: ({ [k: string]: string }|null);

                /** DeviceEvent attributes */
                attributes?: ({ [k: string]: headwater.v1.AttributeValue.$Properties }|null);

                /** DeviceEvent credentials */
                credentials?: (headwater.v1.Credential.$Properties[]|null);

                /** DeviceEvent createdAt */
                createdAt?: (number|Long|null);

                /** DeviceEvent updatedAt */
                updatedAt?: (number|Long|null);

                /** DeviceEvent updatedBy */
                updatedBy?: (string|null);

                /** DeviceEvent writeId */
                writeId?: (string|null);

                /** DeviceEvent incarnation */
                incarnation?: (number|null);

                /** DeviceEvent incarnationSince */
                incarnationSince?: (number|Long|null);

                /** DeviceEvent erasedBelow */
                erasedBelow?: (number|null);

                /** DeviceEvent erasedUntil */
                erasedUntil?: (number|Long|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a DeviceEvent. */
            type $Shape = {
              id?: string|null;
              revision?: number|null;
              deleted?: boolean|null;
              restated?: boolean|null;
              type?: string|null;
              tags?: { [k: string]: string }|null;
              attributes?: { [k: string]: headwater.v1.AttributeValue.$Shape }|null;
              credentials?: headwater.v1.Credential.$Shape[]|null;
              createdAt?: number|Long|null;
              updatedAt?: number|Long|null;
              updatedBy?: string|null;
              writeId?: string|null;
              incarnation?: number|null;
              incarnationSince?: number|Long|null;
              erasedBelow?: number|null;
              erasedUntil?: number|Long|null;
              $unknowns?: Uint8Array[];
            };
        }

        /**
         * Properties of an AttributeValue.
         * @deprecated Use headwater.v1.AttributeValue.$Properties instead.
         */
        interface IAttributeValue extends headwater.v1.AttributeValue.$Properties {
        }

        /** Represents an AttributeValue. */
        class AttributeValue {

            /**
             * Constructs a new AttributeValue.
             * @param [properties] Properties to set
             */
            constructor(properties?: headwater.v1.AttributeValue.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** AttributeValue number. */
            number?: (number|null);

            /** AttributeValue boolean. */
            boolean?: (boolean|null);

            /** AttributeValue text. */
            text?: (string|null);

            /** AttributeValue value. */
            value?: ("number"|"boolean"|"text");

            /**
             * Encodes the specified AttributeValue message. Does not implicitly {@link headwater.v1.AttributeValue.verify|verify} messages.
             * @param message AttributeValue message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: headwater.v1.AttributeValue.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes an AttributeValue message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {headwater.v1.AttributeValue & headwater.v1.AttributeValue.$Shape} AttributeValue
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): headwater.v1.AttributeValue & headwater.v1.AttributeValue.$Shape;
        }

        namespace AttributeValue {

            /** Properties of an AttributeValue. */
            interface $Properties {

                /** AttributeValue number */
                number?: (number|null);

                /** AttributeValue boolean */
                boolean?: (boolean|null);

                /** AttributeValue text */
                text?: (string|null);

                /** AttributeValue value */
                value?: ("number"|"boolean"|"text");

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Narrowed shape of an AttributeValue. */
            type $Shape = {
              number?: number|null;
              boolean?: boolean|null;
              text?: string|null;
              $unknowns?: Uint8Array[];
            } & (
              ({ value?: undefined; number?: null; boolean?: null; text?: null }|{ value?: "number"; number: number; boolean?: null; text?: null }|{ value?: "boolean"; number?: null; boolean: boolean; text?: null }|{ value?: "text"; number?: null; boolean?: null; text: string })
            );
        }

        /**
         * Properties of a Credential.
         * @deprecated Use headwater.v1.Credential.$Properties instead.
         */
        interface ICredential extends headwater.v1.Credential.$Properties {
        }

        /** Represents a Credential. */
        class Credential {

            /**
             * Constructs a new Credential.
             * @param [properties] Properties to set
             */
            constructor(properties?: headwater.v1.Credential.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Credential id. */
            id: string;

            /** Credential kind. */
            kind: string;

            /** Credential hash. */
            hash: Uint8Array;

            /** Credential createdAt. */
            createdAt: (number|Long);

            /** Credential expiresAt. */
            expiresAt: (number|Long);

            /** Credential subject. */
            subject: string;

            /**
             * Encodes the specified Credential message. Does not implicitly {@link headwater.v1.Credential.verify|verify} messages.
             * @param message Credential message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: headwater.v1.Credential.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Credential message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {headwater.v1.Credential & headwater.v1.Credential.$Shape} Credential
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): headwater.v1.Credential & headwater.v1.Credential.$Shape;
        }

        namespace Credential {

            /** Properties of a Credential. */
            interface $Properties {

                /** Credential id */
                id?: (string|null);

                /** Credential kind */
                kind?: (string|null);

                /** Credential hash */
                hash?: (Uint8Array|null);

                /** Credential createdAt */
                createdAt?: (number|Long|null);

                /** Credential expiresAt */
                expiresAt?: (number|Long|null);

                /** Credential subject */
                subject?: (string|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Credential. */
            type $Shape = headwater.v1.Credential.$Properties;
        }

        /**
         * Properties of a PresenceEvent.
         * @deprecated Use headwater.v1.PresenceEvent.$Properties instead.
         */
        interface IPresenceEvent extends headwater.v1.PresenceEvent.$Properties {
        }

        /** Represents a PresenceEvent. */
        class PresenceEvent {

            /**
             * Constructs a new PresenceEvent.
             * @param [properties] Properties to set
             */
            constructor(properties?: headwater.v1.PresenceEvent.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** PresenceEvent device. */
            device: string;

            /** PresenceEvent session. */
            session: string;

            /** PresenceEvent gateway. */
            gateway: string;

            /** PresenceEvent at. */
            at: (number|Long);

            /** PresenceEvent connected. */
            connected?: (headwater.v1.Connected.$Properties|null);

            /** PresenceEvent disconnected. */
            disconnected?: (headwater.v1.Disconnected.$Properties|null);

            /** PresenceEvent lastWill. */
            lastWill?: (headwater.v1.LastWill.$Properties|null);

            /** PresenceEvent what. */
            what?: ("connected"|"disconnected"|"lastWill");

            /**
             * Encodes the specified PresenceEvent message. Does not implicitly {@link headwater.v1.PresenceEvent.verify|verify} messages.
             * @param message PresenceEvent message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: headwater.v1.PresenceEvent.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a PresenceEvent message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {headwater.v1.PresenceEvent & headwater.v1.PresenceEvent.$Shape} PresenceEvent
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): headwater.v1.PresenceEvent & headwater.v1.PresenceEvent.$Shape;
        }

        namespace PresenceEvent {

            /** Properties of a PresenceEvent. */
            interface $Properties {

                /** PresenceEvent device */
                device?: (string|null);

                /** PresenceEvent session */
                session?: (string|null);

                /** PresenceEvent gateway */
                gateway?: (string|null);

                /** PresenceEvent at */
                at?: (number|Long|null);

                /** PresenceEvent connected */
                connected?: (headwater.v1.Connected.$Properties|null);

                /** PresenceEvent disconnected */
                disconnected?: (headwater.v1.Disconnected.$Properties|null);

                /** PresenceEvent lastWill */
                lastWill?: (headwater.v1.LastWill.$Properties|null);

                /** PresenceEvent what */
                what?: ("connected"|"disconnected"|"lastWill");

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Narrowed shape of a PresenceEvent. */
            type $Shape = {
              device?: string|null;
              session?: string|null;
              gateway?: string|null;
              at?: number|Long|null;
              connected?: headwater.v1.Connected.$Shape|null;
              disconnected?: headwater.v1.Disconnected.$Shape|null;
              lastWill?: headwater.v1.LastWill.$Shape|null;
              $unknowns?: Uint8Array[];
            } & (
              ({ what?: undefined; connected?: null; disconnected?: null; lastWill?: null }|{ what?: "connected"; connected: headwater.v1.Connected.$Shape; disconnected?: null; lastWill?: null }|{ what?: "disconnected"; connected?: null; disconnected: headwater.v1.Disconnected.$Shape; lastWill?: null }|{ what?: "lastWill"; connected?: null; disconnected?: null; lastWill: headwater.v1.LastWill.$Shape })
            );
        }

        /**
         * Properties of a Connected.
         * @deprecated Use headwater.v1.Connected.$Properties instead.
         */
        interface IConnected extends headwater.v1.Connected.$Properties {
        }

        /** Represents a Connected. */
        class Connected {

            /**
             * Constructs a new Connected.
             * @param [properties] Properties to set
             */
            constructor(properties?: headwater.v1.Connected.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Connected clientId. */
            clientId: string;

            /** Connected address. */
            address: string;

            /** Connected cleanSession. */
            cleanSession: boolean;

            /**
             * Encodes the specified Connected message. Does not implicitly {@link headwater.v1.Connected.verify|verify} messages.
             * @param message Connected message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: headwater.v1.Connected.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Connected message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {headwater.v1.Connected & headwater.v1.Connected.$Shape} Connected
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): headwater.v1.Connected & headwater.v1.Connected.$Shape;
        }

        namespace Connected {

            /** Properties of a Connected. */
            interface $Properties {

                /** Connected clientId */
                clientId?: (string|null);

                /** Connected address */
                address?: (string|null);

                /** Connected cleanSession */
                cleanSession?: (boolean|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Connected. */
            type $Shape = headwater.v1.Connected.$Properties;
        }

        /**
         * Properties of a Disconnected.
         * @deprecated Use headwater.v1.Disconnected.$Properties instead.
         */
        interface IDisconnected extends headwater.v1.Disconnected.$Properties {
        }

        /** Represents a Disconnected. */
        class Disconnected {

            /**
             * Constructs a new Disconnected.
             * @param [properties] Properties to set
             */
            constructor(properties?: headwater.v1.Disconnected.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Disconnected reason. */
            reason: string;

            /**
             * Encodes the specified Disconnected message. Does not implicitly {@link headwater.v1.Disconnected.verify|verify} messages.
             * @param message Disconnected message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: headwater.v1.Disconnected.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Disconnected message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {headwater.v1.Disconnected & headwater.v1.Disconnected.$Shape} Disconnected
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): headwater.v1.Disconnected & headwater.v1.Disconnected.$Shape;
        }

        namespace Disconnected {

            /** Properties of a Disconnected. */
            interface $Properties {

                /** Disconnected reason */
                reason?: (string|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Disconnected. */
            type $Shape = headwater.v1.Disconnected.$Properties;
        }

        /**
         * Properties of a LastWill.
         * @deprecated Use headwater.v1.LastWill.$Properties instead.
         */
        interface ILastWill extends headwater.v1.LastWill.$Properties {
        }

        /** Represents a LastWill. */
        class LastWill {

            /**
             * Constructs a new LastWill.
             * @param [properties] Properties to set
             */
            constructor(properties?: headwater.v1.LastWill.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** LastWill topic. */
            topic: string;

            /** LastWill payload. */
            payload: Uint8Array;

            /**
             * Encodes the specified LastWill message. Does not implicitly {@link headwater.v1.LastWill.verify|verify} messages.
             * @param message LastWill message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: headwater.v1.LastWill.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a LastWill message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {headwater.v1.LastWill & headwater.v1.LastWill.$Shape} LastWill
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): headwater.v1.LastWill & headwater.v1.LastWill.$Shape;
        }

        namespace LastWill {

            /** Properties of a LastWill. */
            interface $Properties {

                /** LastWill topic */
                topic?: (string|null);

                /** LastWill payload */
                payload?: (Uint8Array|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a LastWill. */
            type $Shape = headwater.v1.LastWill.$Properties;
        }

        /**
         * Properties of a QuarantineEvent.
         * @deprecated Use headwater.v1.QuarantineEvent.$Properties instead.
         */
        interface IQuarantineEvent extends headwater.v1.QuarantineEvent.$Properties {
        }

        /** Represents a QuarantineEvent. */
        class QuarantineEvent {

            /**
             * Constructs a new QuarantineEvent.
             * @param [properties] Properties to set
             */
            constructor(properties?: headwater.v1.QuarantineEvent.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** QuarantineEvent id. */
            id: string;

            /** QuarantineEvent device. */
            device: string;

            /** QuarantineEvent at. */
            at: (number|Long);

            /** QuarantineEvent stage. */
            stage: string;

            /** QuarantineEvent reason. */
            reason: string;

            /** QuarantineEvent payload. */
            payload: Uint8Array;

            /** QuarantineEvent gateway. */
            gateway: string;

            /** QuarantineEvent mqttTopic. */
            mqttTopic: string;

            /** QuarantineEvent logTopic. */
            logTopic: string;

            /** QuarantineEvent logPartition. */
            logPartition: number;

            /** QuarantineEvent logOffset. */
            logOffset: (number|Long);

            /** QuarantineEvent attempt. */
            attempt: number;

            /** QuarantineEvent metrics. */
            metrics: string[];

            /** QuarantineEvent cause. */
            cause: string;

            /** QuarantineEvent fixed. */
            fixed?: (headwater.v1.QuarantineFix.$Properties|null);

            /** QuarantineEvent requested. */
            requested?: (headwater.v1.QuarantineRequest.$Properties|null);

            /** QuarantineEvent claimed. */
            claimed?: (headwater.v1.QuarantineClaim.$Properties|null);

            /** QuarantineEvent redriven. */
            redriven?: (headwater.v1.QuarantineRedriven.$Properties|null);

            /** QuarantineEvent incarnation. */
            incarnation?: (number|null);

            /**
             * Encodes the specified QuarantineEvent message. Does not implicitly {@link headwater.v1.QuarantineEvent.verify|verify} messages.
             * @param message QuarantineEvent message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: headwater.v1.QuarantineEvent.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a QuarantineEvent message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {headwater.v1.QuarantineEvent & headwater.v1.QuarantineEvent.$Shape} QuarantineEvent
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): headwater.v1.QuarantineEvent & headwater.v1.QuarantineEvent.$Shape;
        }

        namespace QuarantineEvent {

            /** Properties of a QuarantineEvent. */
            interface $Properties {

                /** QuarantineEvent id */
                id?: (string|null);

                /** QuarantineEvent device */
                device?: (string|null);

                /** QuarantineEvent at */
                at?: (number|Long|null);

                /** QuarantineEvent stage */
                stage?: (string|null);

                /** QuarantineEvent reason */
                reason?: (string|null);

                /** QuarantineEvent payload */
                payload?: (Uint8Array|null);

                /** QuarantineEvent gateway */
                gateway?: (string|null);

                /** QuarantineEvent mqttTopic */
                mqttTopic?: (string|null);

                /** QuarantineEvent logTopic */
                logTopic?: (string|null);

                /** QuarantineEvent logPartition */
                logPartition?: (number|null);

                /** QuarantineEvent logOffset */
                logOffset?: (number|Long|null);

                /** QuarantineEvent attempt */
                attempt?: (number|null);

                /** QuarantineEvent metrics */
                metrics?: (string[]|null);

                /** QuarantineEvent cause */
                cause?: (string|null);

                /** QuarantineEvent fixed */
                fixed?: (headwater.v1.QuarantineFix.$Properties|null);

                /** QuarantineEvent requested */
                requested?: (headwater.v1.QuarantineRequest.$Properties|null);

                /** QuarantineEvent claimed */
                claimed?: (headwater.v1.QuarantineClaim.$Properties|null);

                /** QuarantineEvent redriven */
                redriven?: (headwater.v1.QuarantineRedriven.$Properties|null);

                /** QuarantineEvent incarnation */
                incarnation?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a QuarantineEvent. */
            type $Shape = headwater.v1.QuarantineEvent.$Properties;
        }

        /**
         * Properties of a QuarantineFix.
         * @deprecated Use headwater.v1.QuarantineFix.$Properties instead.
         */
        interface IQuarantineFix extends headwater.v1.QuarantineFix.$Properties {
        }

        /** Represents a QuarantineFix. */
        class QuarantineFix {

            /**
             * Constructs a new QuarantineFix.
             * @param [properties] Properties to set
             */
            constructor(properties?: headwater.v1.QuarantineFix.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** QuarantineFix payload. */
            payload?: (Uint8Array|null);

            /** QuarantineFix mqttTopic. */
            mqttTopic?: (string|null);

            /** QuarantineFix by. */
            by: string;

            /**
             * Encodes the specified QuarantineFix message. Does not implicitly {@link headwater.v1.QuarantineFix.verify|verify} messages.
             * @param message QuarantineFix message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: headwater.v1.QuarantineFix.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a QuarantineFix message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {headwater.v1.QuarantineFix & headwater.v1.QuarantineFix.$Shape} QuarantineFix
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): headwater.v1.QuarantineFix & headwater.v1.QuarantineFix.$Shape;
        }

        namespace QuarantineFix {

            /** Properties of a QuarantineFix. */
            interface $Properties {

                /** QuarantineFix payload */
                payload?: (Uint8Array|null);

                /** QuarantineFix mqttTopic */
                mqttTopic?: (string|null);

                /** QuarantineFix by */
                by?: (string|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a QuarantineFix. */
            type $Shape = headwater.v1.QuarantineFix.$Properties;
        }

        /**
         * Properties of a QuarantineRequest.
         * @deprecated Use headwater.v1.QuarantineRequest.$Properties instead.
         */
        interface IQuarantineRequest extends headwater.v1.QuarantineRequest.$Properties {
        }

        /** Represents a QuarantineRequest. */
        class QuarantineRequest {

            /**
             * Constructs a new QuarantineRequest.
             * @param [properties] Properties to set
             */
            constructor(properties?: headwater.v1.QuarantineRequest.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** QuarantineRequest by. */
            by: string;

            /**
             * Encodes the specified QuarantineRequest message. Does not implicitly {@link headwater.v1.QuarantineRequest.verify|verify} messages.
             * @param message QuarantineRequest message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: headwater.v1.QuarantineRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a QuarantineRequest message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {headwater.v1.QuarantineRequest & headwater.v1.QuarantineRequest.$Shape} QuarantineRequest
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): headwater.v1.QuarantineRequest & headwater.v1.QuarantineRequest.$Shape;
        }

        namespace QuarantineRequest {

            /** Properties of a QuarantineRequest. */
            interface $Properties {

                /** QuarantineRequest by */
                by?: (string|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a QuarantineRequest. */
            type $Shape = headwater.v1.QuarantineRequest.$Properties;
        }

        /**
         * Properties of a QuarantineClaim.
         * @deprecated Use headwater.v1.QuarantineClaim.$Properties instead.
         */
        interface IQuarantineClaim extends headwater.v1.QuarantineClaim.$Properties {
        }

        /** Represents a QuarantineClaim. */
        class QuarantineClaim {

            /**
             * Constructs a new QuarantineClaim.
             * @param [properties] Properties to set
             */
            constructor(properties?: headwater.v1.QuarantineClaim.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** QuarantineClaim gateway. */
            gateway: string;

            /**
             * Encodes the specified QuarantineClaim message. Does not implicitly {@link headwater.v1.QuarantineClaim.verify|verify} messages.
             * @param message QuarantineClaim message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: headwater.v1.QuarantineClaim.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a QuarantineClaim message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {headwater.v1.QuarantineClaim & headwater.v1.QuarantineClaim.$Shape} QuarantineClaim
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): headwater.v1.QuarantineClaim & headwater.v1.QuarantineClaim.$Shape;
        }

        namespace QuarantineClaim {

            /** Properties of a QuarantineClaim. */
            interface $Properties {

                /** QuarantineClaim gateway */
                gateway?: (string|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a QuarantineClaim. */
            type $Shape = headwater.v1.QuarantineClaim.$Properties;
        }

        /**
         * Properties of a QuarantineRedriven.
         * @deprecated Use headwater.v1.QuarantineRedriven.$Properties instead.
         */
        interface IQuarantineRedriven extends headwater.v1.QuarantineRedriven.$Properties {
        }

        /** Represents a QuarantineRedriven. */
        class QuarantineRedriven {

            /**
             * Constructs a new QuarantineRedriven.
             * @param [properties] Properties to set
             */
            constructor(properties?: headwater.v1.QuarantineRedriven.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** QuarantineRedriven gateway. */
            gateway: string;

            /** QuarantineRedriven epoch. */
            epoch: (number|Long);

            /** QuarantineRedriven partition. */
            partition: number;

            /** QuarantineRedriven n. */
            n: (number|Long);

            /**
             * Encodes the specified QuarantineRedriven message. Does not implicitly {@link headwater.v1.QuarantineRedriven.verify|verify} messages.
             * @param message QuarantineRedriven message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: headwater.v1.QuarantineRedriven.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a QuarantineRedriven message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {headwater.v1.QuarantineRedriven & headwater.v1.QuarantineRedriven.$Shape} QuarantineRedriven
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): headwater.v1.QuarantineRedriven & headwater.v1.QuarantineRedriven.$Shape;
        }

        namespace QuarantineRedriven {

            /** Properties of a QuarantineRedriven. */
            interface $Properties {

                /** QuarantineRedriven gateway */
                gateway?: (string|null);

                /** QuarantineRedriven epoch */
                epoch?: (number|Long|null);

                /** QuarantineRedriven partition */
                partition?: (number|null);

                /** QuarantineRedriven n */
                n?: (number|Long|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a QuarantineRedriven. */
            type $Shape = headwater.v1.QuarantineRedriven.$Properties;
        }

        /**
         * Properties of a RebuildEvent.
         * @deprecated Use headwater.v1.RebuildEvent.$Properties instead.
         */
        interface IRebuildEvent extends headwater.v1.RebuildEvent.$Properties {
        }

        /** Represents a RebuildEvent. */
        class RebuildEvent {

            /**
             * Constructs a new RebuildEvent.
             * @param [properties] Properties to set
             */
            constructor(properties?: headwater.v1.RebuildEvent.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** RebuildEvent id. */
            id: string;

            /** RebuildEvent partition. */
            partition: number;

            /** RebuildEvent at. */
            at: (number|Long);

            /** RebuildEvent requested. */
            requested?: (headwater.v1.RebuildRequest.$Properties|null);

            /** RebuildEvent shadowed. */
            shadowed?: (headwater.v1.RebuildShadow.$Properties|null);

            /** RebuildEvent replacing. */
            replacing?: (headwater.v1.RebuildPause.$Properties|null);

            /** RebuildEvent replaced. */
            replaced?: (headwater.v1.RebuildReplacement.$Properties|null);

            /** RebuildEvent failed. */
            failed?: (headwater.v1.RebuildFailure.$Properties|null);

            /**
             * Encodes the specified RebuildEvent message. Does not implicitly {@link headwater.v1.RebuildEvent.verify|verify} messages.
             * @param message RebuildEvent message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: headwater.v1.RebuildEvent.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a RebuildEvent message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {headwater.v1.RebuildEvent & headwater.v1.RebuildEvent.$Shape} RebuildEvent
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): headwater.v1.RebuildEvent & headwater.v1.RebuildEvent.$Shape;
        }

        namespace RebuildEvent {

            /** Properties of a RebuildEvent. */
            interface $Properties {

                /** RebuildEvent id */
                id?: (string|null);

                /** RebuildEvent partition */
                partition?: (number|null);

                /** RebuildEvent at */
                at?: (number|Long|null);

                /** RebuildEvent requested */
                requested?: (headwater.v1.RebuildRequest.$Properties|null);

                /** RebuildEvent shadowed */
                shadowed?: (headwater.v1.RebuildShadow.$Properties|null);

                /** RebuildEvent replacing */
                replacing?: (headwater.v1.RebuildPause.$Properties|null);

                /** RebuildEvent replaced */
                replaced?: (headwater.v1.RebuildReplacement.$Properties|null);

                /** RebuildEvent failed */
                failed?: (headwater.v1.RebuildFailure.$Properties|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a RebuildEvent. */
            type $Shape = headwater.v1.RebuildEvent.$Properties;
        }

        /**
         * Properties of a RebuildRequest.
         * @deprecated Use headwater.v1.RebuildRequest.$Properties instead.
         */
        interface IRebuildRequest extends headwater.v1.RebuildRequest.$Properties {
        }

        /** Represents a RebuildRequest. */
        class RebuildRequest {

            /**
             * Constructs a new RebuildRequest.
             * @param [properties] Properties to set
             */
            constructor(properties?: headwater.v1.RebuildRequest.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** RebuildRequest from. */
            from: (number|Long);

            /** RebuildRequest to. */
            to: (number|Long);

            /** RebuildRequest by. */
            by: string;

            /** RebuildRequest partitions. */
            partitions: number;

            /** RebuildRequest force. */
            force: boolean;

            /**
             * Encodes the specified RebuildRequest message. Does not implicitly {@link headwater.v1.RebuildRequest.verify|verify} messages.
             * @param message RebuildRequest message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: headwater.v1.RebuildRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a RebuildRequest message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {headwater.v1.RebuildRequest & headwater.v1.RebuildRequest.$Shape} RebuildRequest
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): headwater.v1.RebuildRequest & headwater.v1.RebuildRequest.$Shape;
        }

        namespace RebuildRequest {

            /** Properties of a RebuildRequest. */
            interface $Properties {

                /** RebuildRequest from */
                from?: (number|Long|null);

                /** RebuildRequest to */
                to?: (number|Long|null);

                /** RebuildRequest by */
                by?: (string|null);

                /** RebuildRequest partitions */
                partitions?: (number|null);

                /** RebuildRequest force */
                force?: (boolean|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a RebuildRequest. */
            type $Shape = headwater.v1.RebuildRequest.$Properties;
        }

        /**
         * Properties of a RebuildShadow.
         * @deprecated Use headwater.v1.RebuildShadow.$Properties instead.
         */
        interface IRebuildShadow extends headwater.v1.RebuildShadow.$Properties {
        }

        /** Represents a RebuildShadow. */
        class RebuildShadow {

            /**
             * Constructs a new RebuildShadow.
             * @param [properties] Properties to set
             */
            constructor(properties?: headwater.v1.RebuildShadow.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** RebuildShadow position. */
            position: (number|Long);

            /** RebuildShadow values. */
            values: (number|Long);

            /** RebuildShadow checksum. */
            checksum: string;

            /** RebuildShadow aside. */
            aside: string;

            /** RebuildShadow storedValues. */
            storedValues: (number|Long);

            /** RebuildShadow storedChecksum. */
            storedChecksum: string;

            /** RebuildShadow missing. */
            missing: (number|Long);

            /** RebuildShadow altered. */
            altered: (number|Long);

            /** RebuildShadow added. */
            added: (number|Long);

            /** RebuildShadow fromBeginning. */
            fromBeginning: boolean;

            /**
             * Encodes the specified RebuildShadow message. Does not implicitly {@link headwater.v1.RebuildShadow.verify|verify} messages.
             * @param message RebuildShadow message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: headwater.v1.RebuildShadow.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a RebuildShadow message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {headwater.v1.RebuildShadow & headwater.v1.RebuildShadow.$Shape} RebuildShadow
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): headwater.v1.RebuildShadow & headwater.v1.RebuildShadow.$Shape;
        }

        namespace RebuildShadow {

            /** Properties of a RebuildShadow. */
            interface $Properties {

                /** RebuildShadow position */
                position?: (number|Long|null);

                /** RebuildShadow values */
                values?: (number|Long|null);

                /** RebuildShadow checksum */
                checksum?: (string|null);

                /** RebuildShadow aside */
                aside?: (string|null);

                /** RebuildShadow storedValues */
                storedValues?: (number|Long|null);

                /** RebuildShadow storedChecksum */
                storedChecksum?: (string|null);

                /** RebuildShadow missing */
                missing?: (number|Long|null);

                /** RebuildShadow altered */
                altered?: (number|Long|null);

                /** RebuildShadow added */
                added?: (number|Long|null);

                /** RebuildShadow fromBeginning */
                fromBeginning?: (boolean|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a RebuildShadow. */
            type $Shape = headwater.v1.RebuildShadow.$Properties;
        }

        /**
         * Properties of a RebuildPause.
         * @deprecated Use headwater.v1.RebuildPause.$Properties instead.
         */
        interface IRebuildPause extends headwater.v1.RebuildPause.$Properties {
        }

        /** Represents a RebuildPause. */
        class RebuildPause {

            /**
             * Constructs a new RebuildPause.
             * @param [properties] Properties to set
             */
            constructor(properties?: headwater.v1.RebuildPause.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** RebuildPause position. */
            position: (number|Long);

            /**
             * Encodes the specified RebuildPause message. Does not implicitly {@link headwater.v1.RebuildPause.verify|verify} messages.
             * @param message RebuildPause message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: headwater.v1.RebuildPause.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a RebuildPause message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {headwater.v1.RebuildPause & headwater.v1.RebuildPause.$Shape} RebuildPause
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): headwater.v1.RebuildPause & headwater.v1.RebuildPause.$Shape;
        }

        namespace RebuildPause {

            /** Properties of a RebuildPause. */
            interface $Properties {

                /** RebuildPause position */
                position?: (number|Long|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a RebuildPause. */
            type $Shape = headwater.v1.RebuildPause.$Properties;
        }

        /**
         * Properties of a RebuildReplacement.
         * @deprecated Use headwater.v1.RebuildReplacement.$Properties instead.
         */
        interface IRebuildReplacement extends headwater.v1.RebuildReplacement.$Properties {
        }

        /** Represents a RebuildReplacement. */
        class RebuildReplacement {

            /**
             * Constructs a new RebuildReplacement.
             * @param [properties] Properties to set
             */
            constructor(properties?: headwater.v1.RebuildReplacement.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** RebuildReplacement position. */
            position: (number|Long);

            /** RebuildReplacement values. */
            values: (number|Long);

            /** RebuildReplacement checksum. */
            checksum: string;

            /** RebuildReplacement written. */
            written: (number|Long);

            /** RebuildReplacement deleted. */
            deleted: (number|Long);

            /**
             * Encodes the specified RebuildReplacement message. Does not implicitly {@link headwater.v1.RebuildReplacement.verify|verify} messages.
             * @param message RebuildReplacement message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: headwater.v1.RebuildReplacement.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a RebuildReplacement message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {headwater.v1.RebuildReplacement & headwater.v1.RebuildReplacement.$Shape} RebuildReplacement
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): headwater.v1.RebuildReplacement & headwater.v1.RebuildReplacement.$Shape;
        }

        namespace RebuildReplacement {

            /** Properties of a RebuildReplacement. */
            interface $Properties {

                /** RebuildReplacement position */
                position?: (number|Long|null);

                /** RebuildReplacement values */
                values?: (number|Long|null);

                /** RebuildReplacement checksum */
                checksum?: (string|null);

                /** RebuildReplacement written */
                written?: (number|Long|null);

                /** RebuildReplacement deleted */
                deleted?: (number|Long|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a RebuildReplacement. */
            type $Shape = headwater.v1.RebuildReplacement.$Properties;
        }

        /**
         * Properties of a RebuildFailure.
         * @deprecated Use headwater.v1.RebuildFailure.$Properties instead.
         */
        interface IRebuildFailure extends headwater.v1.RebuildFailure.$Properties {
        }

        /** Represents a RebuildFailure. */
        class RebuildFailure {

            /**
             * Constructs a new RebuildFailure.
             * @param [properties] Properties to set
             */
            constructor(properties?: headwater.v1.RebuildFailure.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** RebuildFailure reason. */
            reason: string;

            /** RebuildFailure by. */
            by: string;

            /**
             * Encodes the specified RebuildFailure message. Does not implicitly {@link headwater.v1.RebuildFailure.verify|verify} messages.
             * @param message RebuildFailure message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: headwater.v1.RebuildFailure.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a RebuildFailure message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {headwater.v1.RebuildFailure & headwater.v1.RebuildFailure.$Shape} RebuildFailure
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): headwater.v1.RebuildFailure & headwater.v1.RebuildFailure.$Shape;
        }

        namespace RebuildFailure {

            /** Properties of a RebuildFailure. */
            interface $Properties {

                /** RebuildFailure reason */
                reason?: (string|null);

                /** RebuildFailure by */
                by?: (string|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a RebuildFailure. */
            type $Shape = headwater.v1.RebuildFailure.$Properties;
        }

        /**
         * Properties of a RuleEvent.
         * @deprecated Use headwater.v1.RuleEvent.$Properties instead.
         */
        interface IRuleEvent extends headwater.v1.RuleEvent.$Properties {
        }

        /** Represents a RuleEvent. */
        class RuleEvent {

            /**
             * Constructs a new RuleEvent.
             * @param [properties] Properties to set
             */
            constructor(properties?: headwater.v1.RuleEvent.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** RuleEvent rule. */
            rule: string;

            /** RuleEvent sequence. */
            sequence: number;

            /** RuleEvent writeId. */
            writeId: string;

            /** RuleEvent at. */
            at: (number|Long);

            /** RuleEvent by. */
            by: string;

            /** RuleEvent created. */
            created?: (headwater.v1.RuleRevised.$Properties|null);

            /** RuleEvent revised. */
            revised?: (headwater.v1.RuleRevised.$Properties|null);

            /** RuleEvent enabled. */
            enabled?: (headwater.v1.RuleEnabled.$Properties|null);

            /** RuleEvent disabled. */
            disabled?: (headwater.v1.RuleDisabled.$Properties|null);

            /** RuleEvent deleted. */
            deleted?: (headwater.v1.RuleDeleted.$Properties|null);

            /** RuleEvent shadowed. */
            shadowed?: (headwater.v1.RuleShadowed.$Properties|null);

            /** RuleEvent maintenance. */
            maintenance?: (headwater.v1.MaintenanceSet.$Properties|null);

            /** RuleEvent maintenanceEnded. */
            maintenanceEnded?: (headwater.v1.MaintenanceEnded.$Properties|null);

            /** RuleEvent what. */
            what?: ("created"|"revised"|"enabled"|"disabled"|"deleted"|"shadowed"|"maintenance"|"maintenanceEnded");

            /**
             * Encodes the specified RuleEvent message. Does not implicitly {@link headwater.v1.RuleEvent.verify|verify} messages.
             * @param message RuleEvent message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: headwater.v1.RuleEvent.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a RuleEvent message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {headwater.v1.RuleEvent & headwater.v1.RuleEvent.$Shape} RuleEvent
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): headwater.v1.RuleEvent & headwater.v1.RuleEvent.$Shape;
        }

        namespace RuleEvent {

            /** Properties of a RuleEvent. */
            interface $Properties {

                /** RuleEvent rule */
                rule?: (string|null);

                /** RuleEvent sequence */
                sequence?: (number|null);

                /** RuleEvent writeId */
                writeId?: (string|null);

                /** RuleEvent at */
                at?: (number|Long|null);

                /** RuleEvent by */
                by?: (string|null);

                /** RuleEvent created */
                created?: (headwater.v1.RuleRevised.$Properties|null);

                /** RuleEvent revised */
                revised?: (headwater.v1.RuleRevised.$Properties|null);

                /** RuleEvent enabled */
                enabled?: (headwater.v1.RuleEnabled.$Properties|null);

                /** RuleEvent disabled */
                disabled?: (headwater.v1.RuleDisabled.$Properties|null);

                /** RuleEvent deleted */
                deleted?: (headwater.v1.RuleDeleted.$Properties|null);

                /** RuleEvent shadowed */
                shadowed?: (headwater.v1.RuleShadowed.$Properties|null);

                /** RuleEvent maintenance */
                maintenance?: (headwater.v1.MaintenanceSet.$Properties|null);

                /** RuleEvent maintenanceEnded */
                maintenanceEnded?: (headwater.v1.MaintenanceEnded.$Properties|null);

                /** RuleEvent what */
                what?: ("created"|"revised"|"enabled"|"disabled"|"deleted"|"shadowed"|"maintenance"|"maintenanceEnded");

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Narrowed shape of a RuleEvent. */
            type $Shape = {
              rule?: string|null;
              sequence?: number|null;
              writeId?: string|null;
              at?: number|Long|null;
              by?: string|null;
              created?: headwater.v1.RuleRevised.$Shape|null;
              revised?: headwater.v1.RuleRevised.$Shape|null;
              enabled?: headwater.v1.RuleEnabled.$Shape|null;
              disabled?: headwater.v1.RuleDisabled.$Shape|null;
              deleted?: headwater.v1.RuleDeleted.$Shape|null;
              shadowed?: headwater.v1.RuleShadowed.$Shape|null;
              maintenance?: headwater.v1.MaintenanceSet.$Shape|null;
              maintenanceEnded?: headwater.v1.MaintenanceEnded.$Shape|null;
              $unknowns?: Uint8Array[];
            } & (
              ({ what?: undefined; created?: null; revised?: null; enabled?: null; disabled?: null; deleted?: null; shadowed?: null; maintenance?: null; maintenanceEnded?: null }|{ what?: "created"; created: headwater.v1.RuleRevised.$Shape; revised?: null; enabled?: null; disabled?: null; deleted?: null; shadowed?: null; maintenance?: null; maintenanceEnded?: null }|{ what?: "revised"; created?: null; revised: headwater.v1.RuleRevised.$Shape; enabled?: null; disabled?: null; deleted?: null; shadowed?: null; maintenance?: null; maintenanceEnded?: null }|{ what?: "enabled"; created?: null; revised?: null; enabled: headwater.v1.RuleEnabled.$Shape; disabled?: null; deleted?: null; shadowed?: null; maintenance?: null; maintenanceEnded?: null }|{ what?: "disabled"; created?: null; revised?: null; enabled?: null; disabled: headwater.v1.RuleDisabled.$Shape; deleted?: null; shadowed?: null; maintenance?: null; maintenanceEnded?: null }|{ what?: "deleted"; created?: null; revised?: null; enabled?: null; disabled?: null; deleted: headwater.v1.RuleDeleted.$Shape; shadowed?: null; maintenance?: null; maintenanceEnded?: null }|{ what?: "shadowed"; created?: null; revised?: null; enabled?: null; disabled?: null; deleted?: null; shadowed: headwater.v1.RuleShadowed.$Shape; maintenance?: null; maintenanceEnded?: null }|{ what?: "maintenance"; created?: null; revised?: null; enabled?: null; disabled?: null; deleted?: null; shadowed?: null; maintenance: headwater.v1.MaintenanceSet.$Shape; maintenanceEnded?: null }|{ what?: "maintenanceEnded"; created?: null; revised?: null; enabled?: null; disabled?: null; deleted?: null; shadowed?: null; maintenance?: null; maintenanceEnded: headwater.v1.MaintenanceEnded.$Shape })
            );
        }

        /**
         * Properties of a RuleRevised.
         * @deprecated Use headwater.v1.RuleRevised.$Properties instead.
         */
        interface IRuleRevised extends headwater.v1.RuleRevised.$Properties {
        }

        /** Represents a RuleRevised. */
        class RuleRevised {

            /**
             * Constructs a new RuleRevised.
             * @param [properties] Properties to set
             */
            constructor(properties?: headwater.v1.RuleRevised.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** RuleRevised revision. */
            revision: number;

            /** RuleRevised schema. */
            schema: number;

            /** RuleRevised definition. */
            definition: string;

            /**
             * Encodes the specified RuleRevised message. Does not implicitly {@link headwater.v1.RuleRevised.verify|verify} messages.
             * @param message RuleRevised message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: headwater.v1.RuleRevised.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a RuleRevised message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {headwater.v1.RuleRevised & headwater.v1.RuleRevised.$Shape} RuleRevised
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): headwater.v1.RuleRevised & headwater.v1.RuleRevised.$Shape;
        }

        namespace RuleRevised {

            /** Properties of a RuleRevised. */
            interface $Properties {

                /** RuleRevised revision */
                revision?: (number|null);

                /** RuleRevised schema */
                schema?: (number|null);

                /** RuleRevised definition */
                definition?: (string|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a RuleRevised. */
            type $Shape = headwater.v1.RuleRevised.$Properties;
        }

        /**
         * Properties of a RuleEnabled.
         * @deprecated Use headwater.v1.RuleEnabled.$Properties instead.
         */
        interface IRuleEnabled extends headwater.v1.RuleEnabled.$Properties {
        }

        /** Represents a RuleEnabled. */
        class RuleEnabled {

            /**
             * Constructs a new RuleEnabled.
             * @param [properties] Properties to set
             */
            constructor(properties?: headwater.v1.RuleEnabled.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /**
             * Encodes the specified RuleEnabled message. Does not implicitly {@link headwater.v1.RuleEnabled.verify|verify} messages.
             * @param message RuleEnabled message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: headwater.v1.RuleEnabled.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a RuleEnabled message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {headwater.v1.RuleEnabled & headwater.v1.RuleEnabled.$Shape} RuleEnabled
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): headwater.v1.RuleEnabled & headwater.v1.RuleEnabled.$Shape;
        }

        namespace RuleEnabled {

            /** Properties of a RuleEnabled. */
            interface $Properties {

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a RuleEnabled. */
            type $Shape = headwater.v1.RuleEnabled.$Properties;
        }

        /**
         * Properties of a RuleDisabled.
         * @deprecated Use headwater.v1.RuleDisabled.$Properties instead.
         */
        interface IRuleDisabled extends headwater.v1.RuleDisabled.$Properties {
        }

        /** Represents a RuleDisabled. */
        class RuleDisabled {

            /**
             * Constructs a new RuleDisabled.
             * @param [properties] Properties to set
             */
            constructor(properties?: headwater.v1.RuleDisabled.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /**
             * Encodes the specified RuleDisabled message. Does not implicitly {@link headwater.v1.RuleDisabled.verify|verify} messages.
             * @param message RuleDisabled message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: headwater.v1.RuleDisabled.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a RuleDisabled message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {headwater.v1.RuleDisabled & headwater.v1.RuleDisabled.$Shape} RuleDisabled
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): headwater.v1.RuleDisabled & headwater.v1.RuleDisabled.$Shape;
        }

        namespace RuleDisabled {

            /** Properties of a RuleDisabled. */
            interface $Properties {

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a RuleDisabled. */
            type $Shape = headwater.v1.RuleDisabled.$Properties;
        }

        /**
         * Properties of a RuleDeleted.
         * @deprecated Use headwater.v1.RuleDeleted.$Properties instead.
         */
        interface IRuleDeleted extends headwater.v1.RuleDeleted.$Properties {
        }

        /** Represents a RuleDeleted. */
        class RuleDeleted {

            /**
             * Constructs a new RuleDeleted.
             * @param [properties] Properties to set
             */
            constructor(properties?: headwater.v1.RuleDeleted.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /**
             * Encodes the specified RuleDeleted message. Does not implicitly {@link headwater.v1.RuleDeleted.verify|verify} messages.
             * @param message RuleDeleted message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: headwater.v1.RuleDeleted.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a RuleDeleted message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {headwater.v1.RuleDeleted & headwater.v1.RuleDeleted.$Shape} RuleDeleted
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): headwater.v1.RuleDeleted & headwater.v1.RuleDeleted.$Shape;
        }

        namespace RuleDeleted {

            /** Properties of a RuleDeleted. */
            interface $Properties {

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a RuleDeleted. */
            type $Shape = headwater.v1.RuleDeleted.$Properties;
        }

        /**
         * Properties of a RuleShadowed.
         * @deprecated Use headwater.v1.RuleShadowed.$Properties instead.
         */
        interface IRuleShadowed extends headwater.v1.RuleShadowed.$Properties {
        }

        /** Represents a RuleShadowed. */
        class RuleShadowed {

            /**
             * Constructs a new RuleShadowed.
             * @param [properties] Properties to set
             */
            constructor(properties?: headwater.v1.RuleShadowed.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /**
             * Encodes the specified RuleShadowed message. Does not implicitly {@link headwater.v1.RuleShadowed.verify|verify} messages.
             * @param message RuleShadowed message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: headwater.v1.RuleShadowed.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a RuleShadowed message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {headwater.v1.RuleShadowed & headwater.v1.RuleShadowed.$Shape} RuleShadowed
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): headwater.v1.RuleShadowed & headwater.v1.RuleShadowed.$Shape;
        }

        namespace RuleShadowed {

            /** Properties of a RuleShadowed. */
            interface $Properties {

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a RuleShadowed. */
            type $Shape = headwater.v1.RuleShadowed.$Properties;
        }

        /**
         * Properties of a MaintenanceSet.
         * @deprecated Use headwater.v1.MaintenanceSet.$Properties instead.
         */
        interface IMaintenanceSet extends headwater.v1.MaintenanceSet.$Properties {
        }

        /** Represents a MaintenanceSet. */
        class MaintenanceSet {

            /**
             * Constructs a new MaintenanceSet.
             * @param [properties] Properties to set
             */
            constructor(properties?: headwater.v1.MaintenanceSet.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** MaintenanceSet revision. */
            revision: number;

            /** MaintenanceSet schema. */
            schema: number;

            /** MaintenanceSet definition. */
            definition: string;

            /**
             * Encodes the specified MaintenanceSet message. Does not implicitly {@link headwater.v1.MaintenanceSet.verify|verify} messages.
             * @param message MaintenanceSet message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: headwater.v1.MaintenanceSet.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a MaintenanceSet message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {headwater.v1.MaintenanceSet & headwater.v1.MaintenanceSet.$Shape} MaintenanceSet
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): headwater.v1.MaintenanceSet & headwater.v1.MaintenanceSet.$Shape;
        }

        namespace MaintenanceSet {

            /** Properties of a MaintenanceSet. */
            interface $Properties {

                /** MaintenanceSet revision */
                revision?: (number|null);

                /** MaintenanceSet schema */
                schema?: (number|null);

                /** MaintenanceSet definition */
                definition?: (string|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a MaintenanceSet. */
            type $Shape = headwater.v1.MaintenanceSet.$Properties;
        }

        /**
         * Properties of a MaintenanceEnded.
         * @deprecated Use headwater.v1.MaintenanceEnded.$Properties instead.
         */
        interface IMaintenanceEnded extends headwater.v1.MaintenanceEnded.$Properties {
        }

        /** Represents a MaintenanceEnded. */
        class MaintenanceEnded {

            /**
             * Constructs a new MaintenanceEnded.
             * @param [properties] Properties to set
             */
            constructor(properties?: headwater.v1.MaintenanceEnded.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /**
             * Encodes the specified MaintenanceEnded message. Does not implicitly {@link headwater.v1.MaintenanceEnded.verify|verify} messages.
             * @param message MaintenanceEnded message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: headwater.v1.MaintenanceEnded.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a MaintenanceEnded message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {headwater.v1.MaintenanceEnded & headwater.v1.MaintenanceEnded.$Shape} MaintenanceEnded
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): headwater.v1.MaintenanceEnded & headwater.v1.MaintenanceEnded.$Shape;
        }

        namespace MaintenanceEnded {

            /** Properties of a MaintenanceEnded. */
            interface $Properties {

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a MaintenanceEnded. */
            type $Shape = headwater.v1.MaintenanceEnded.$Properties;
        }

        /**
         * Properties of a RuleStateRecord.
         * @deprecated Use headwater.v1.RuleStateRecord.$Properties instead.
         */
        interface IRuleStateRecord extends headwater.v1.RuleStateRecord.$Properties {
        }

        /** Represents a RuleStateRecord. */
        class RuleStateRecord {

            /**
             * Constructs a new RuleStateRecord.
             * @param [properties] Properties to set
             */
            constructor(properties?: headwater.v1.RuleStateRecord.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** RuleStateRecord ownerEpoch. */
            ownerEpoch: (number|Long);

            /** RuleStateRecord claim. */
            claim?: (headwater.v1.OwnerClaim.$Properties|null);

            /** RuleStateRecord effective. */
            effective?: (headwater.v1.Effective.$Properties|null);

            /** RuleStateRecord state. */
            state?: (headwater.v1.DeviceRuleState.$Properties|null);

            /** RuleStateRecord checkpoint. */
            checkpoint?: (headwater.v1.Checkpoint.$Properties|null);

            /** RuleStateRecord what. */
            what?: ("claim"|"effective"|"state"|"checkpoint");

            /**
             * Encodes the specified RuleStateRecord message. Does not implicitly {@link headwater.v1.RuleStateRecord.verify|verify} messages.
             * @param message RuleStateRecord message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: headwater.v1.RuleStateRecord.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a RuleStateRecord message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {headwater.v1.RuleStateRecord & headwater.v1.RuleStateRecord.$Shape} RuleStateRecord
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): headwater.v1.RuleStateRecord & headwater.v1.RuleStateRecord.$Shape;
        }

        namespace RuleStateRecord {

            /** Properties of a RuleStateRecord. */
            interface $Properties {

                /** RuleStateRecord ownerEpoch */
                ownerEpoch?: (number|Long|null);

                /** RuleStateRecord claim */
                claim?: (headwater.v1.OwnerClaim.$Properties|null);

                /** RuleStateRecord effective */
                effective?: (headwater.v1.Effective.$Properties|null);

                /** RuleStateRecord state */
                state?: (headwater.v1.DeviceRuleState.$Properties|null);

                /** RuleStateRecord checkpoint */
                checkpoint?: (headwater.v1.Checkpoint.$Properties|null);

                /** RuleStateRecord what */
                what?: ("claim"|"effective"|"state"|"checkpoint");

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Narrowed shape of a RuleStateRecord. */
            type $Shape = {
              ownerEpoch?: number|Long|null;
              claim?: headwater.v1.OwnerClaim.$Shape|null;
              effective?: headwater.v1.Effective.$Shape|null;
              state?: headwater.v1.DeviceRuleState.$Shape|null;
              checkpoint?: headwater.v1.Checkpoint.$Shape|null;
              $unknowns?: Uint8Array[];
            } & (
              ({ what?: undefined; claim?: null; effective?: null; state?: null; checkpoint?: null }|{ what?: "claim"; claim: headwater.v1.OwnerClaim.$Shape; effective?: null; state?: null; checkpoint?: null }|{ what?: "effective"; claim?: null; effective: headwater.v1.Effective.$Shape; state?: null; checkpoint?: null }|{ what?: "state"; claim?: null; effective?: null; state: headwater.v1.DeviceRuleState.$Shape; checkpoint?: null }|{ what?: "checkpoint"; claim?: null; effective?: null; state?: null; checkpoint: headwater.v1.Checkpoint.$Shape })
            );
        }

        /**
         * Properties of an OwnerClaim.
         * @deprecated Use headwater.v1.OwnerClaim.$Properties instead.
         */
        interface IOwnerClaim extends headwater.v1.OwnerClaim.$Properties {
        }

        /** Represents an OwnerClaim. */
        class OwnerClaim {

            /**
             * Constructs a new OwnerClaim.
             * @param [properties] Properties to set
             */
            constructor(properties?: headwater.v1.OwnerClaim.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** OwnerClaim instance. */
            instance: string;

            /** OwnerClaim at. */
            at: (number|Long);

            /**
             * Encodes the specified OwnerClaim message. Does not implicitly {@link headwater.v1.OwnerClaim.verify|verify} messages.
             * @param message OwnerClaim message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: headwater.v1.OwnerClaim.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes an OwnerClaim message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {headwater.v1.OwnerClaim & headwater.v1.OwnerClaim.$Shape} OwnerClaim
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): headwater.v1.OwnerClaim & headwater.v1.OwnerClaim.$Shape;
        }

        namespace OwnerClaim {

            /** Properties of an OwnerClaim. */
            interface $Properties {

                /** OwnerClaim instance */
                instance?: (string|null);

                /** OwnerClaim at */
                at?: (number|Long|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of an OwnerClaim. */
            type $Shape = headwater.v1.OwnerClaim.$Properties;
        }

        /**
         * Properties of an Effective.
         * @deprecated Use headwater.v1.Effective.$Properties instead.
         */
        interface IEffective extends headwater.v1.Effective.$Properties {
        }

        /** Represents an Effective. */
        class Effective {

            /**
             * Constructs a new Effective.
             * @param [properties] Properties to set
             */
            constructor(properties?: headwater.v1.Effective.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Effective topic. */
            topic: string;

            /** Effective partition. */
            partition: number;

            /** Effective position. */
            position: (number|Long);

            /** Effective fromOffset. */
            fromOffset: (number|Long);

            /** Effective warmFrom. */
            warmFrom: (number|Long);

            /** Effective record. */
            record: Uint8Array;

            /**
             * Encodes the specified Effective message. Does not implicitly {@link headwater.v1.Effective.verify|verify} messages.
             * @param message Effective message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: headwater.v1.Effective.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes an Effective message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {headwater.v1.Effective & headwater.v1.Effective.$Shape} Effective
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): headwater.v1.Effective & headwater.v1.Effective.$Shape;
        }

        namespace Effective {

            /** Properties of an Effective. */
            interface $Properties {

                /** Effective topic */
                topic?: (string|null);

                /** Effective partition */
                partition?: (number|null);

                /** Effective position */
                position?: (number|Long|null);

                /** Effective fromOffset */
                fromOffset?: (number|Long|null);

                /** Effective warmFrom */
                warmFrom?: (number|Long|null);

                /** Effective record */
                record?: (Uint8Array|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of an Effective. */
            type $Shape = headwater.v1.Effective.$Properties;
        }

        /**
         * Properties of a DeviceRuleState.
         * @deprecated Use headwater.v1.DeviceRuleState.$Properties instead.
         */
        interface IDeviceRuleState extends headwater.v1.DeviceRuleState.$Properties {
        }

        /** Represents a DeviceRuleState. */
        class DeviceRuleState {

            /**
             * Constructs a new DeviceRuleState.
             * @param [properties] Properties to set
             */
            constructor(properties?: headwater.v1.DeviceRuleState.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** DeviceRuleState rule. */
            rule: string;

            /** DeviceRuleState device. */
            device: string;

            /** DeviceRuleState covers. */
            covers: (number|Long);

            /** DeviceRuleState version. */
            version: number;

            /** DeviceRuleState state. */
            state: Uint8Array;

            /**
             * Encodes the specified DeviceRuleState message. Does not implicitly {@link headwater.v1.DeviceRuleState.verify|verify} messages.
             * @param message DeviceRuleState message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: headwater.v1.DeviceRuleState.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a DeviceRuleState message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {headwater.v1.DeviceRuleState & headwater.v1.DeviceRuleState.$Shape} DeviceRuleState
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): headwater.v1.DeviceRuleState & headwater.v1.DeviceRuleState.$Shape;
        }

        namespace DeviceRuleState {

            /** Properties of a DeviceRuleState. */
            interface $Properties {

                /** DeviceRuleState rule */
                rule?: (string|null);

                /** DeviceRuleState device */
                device?: (string|null);

                /** DeviceRuleState covers */
                covers?: (number|Long|null);

                /** DeviceRuleState version */
                version?: (number|null);

                /** DeviceRuleState state */
                state?: (Uint8Array|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a DeviceRuleState. */
            type $Shape = headwater.v1.DeviceRuleState.$Properties;
        }

        /**
         * Properties of a Checkpoint.
         * @deprecated Use headwater.v1.Checkpoint.$Properties instead.
         */
        interface ICheckpoint extends headwater.v1.Checkpoint.$Properties {
        }

        /** Represents a Checkpoint. */
        class Checkpoint {

            /**
             * Constructs a new Checkpoint.
             * @param [properties] Properties to set
             */
            constructor(properties?: headwater.v1.Checkpoint.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Checkpoint offset. */
            offset: (number|Long);

            /** Checkpoint clock. */
            clock: (number|Long);

            /** Checkpoint gateways. */
            gateways: headwater.v1.GatewayClock.$Properties[];

            /** Checkpoint lastTick. */
            lastTick: (number|Long);

            /** Checkpoint complete. */
            complete: boolean;

            /** Checkpoint seen. */
            seen: headwater.v1.SequenceSeen.$Properties[];

            /** Checkpoint devicesRead. */
            devicesRead: (number|Long);

            /**
             * Encodes the specified Checkpoint message. Does not implicitly {@link headwater.v1.Checkpoint.verify|verify} messages.
             * @param message Checkpoint message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: headwater.v1.Checkpoint.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Checkpoint message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {headwater.v1.Checkpoint & headwater.v1.Checkpoint.$Shape} Checkpoint
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): headwater.v1.Checkpoint & headwater.v1.Checkpoint.$Shape;
        }

        namespace Checkpoint {

            /** Properties of a Checkpoint. */
            interface $Properties {

                /** Checkpoint offset */
                offset?: (number|Long|null);

                /** Checkpoint clock */
                clock?: (number|Long|null);

                /** Checkpoint gateways */
                gateways?: (headwater.v1.GatewayClock.$Properties[]|null);

                /** Checkpoint lastTick */
                lastTick?: (number|Long|null);

                /** Checkpoint complete */
                complete?: (boolean|null);

                /** Checkpoint seen */
                seen?: (headwater.v1.SequenceSeen.$Properties[]|null);

                /** Checkpoint devicesRead */
                devicesRead?: (number|Long|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Checkpoint. */
            type $Shape = headwater.v1.Checkpoint.$Properties;
        }

        /**
         * Properties of a GatewayClock.
         * @deprecated Use headwater.v1.GatewayClock.$Properties instead.
         */
        interface IGatewayClock extends headwater.v1.GatewayClock.$Properties {
        }

        /** Represents a GatewayClock. */
        class GatewayClock {

            /**
             * Constructs a new GatewayClock.
             * @param [properties] Properties to set
             */
            constructor(properties?: headwater.v1.GatewayClock.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** GatewayClock gateway. */
            gateway: string;

            /** GatewayClock promise. */
            promise: (number|Long);

            /** GatewayClock skew. */
            skew: (number|Long);

            /** GatewayClock markedAt. */
            markedAt: (number|Long);

            /** GatewayClock offline. */
            offline: boolean;

            /** GatewayClock epoch. */
            epoch: (number|Long);

            /** GatewayClock skews. */
            skews: headwater.v1.MinuteSkew.$Properties[];

            /** GatewayClock heardAt. */
            heardAt: (number|Long);

            /** GatewayClock corrected. */
            corrected: (number|Long);

            /** GatewayClock straggling. */
            straggling: boolean;

            /** GatewayClock outages. */
            outages: headwater.v1.GatewayOutage.$Properties[];

            /**
             * Encodes the specified GatewayClock message. Does not implicitly {@link headwater.v1.GatewayClock.verify|verify} messages.
             * @param message GatewayClock message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: headwater.v1.GatewayClock.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a GatewayClock message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {headwater.v1.GatewayClock & headwater.v1.GatewayClock.$Shape} GatewayClock
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): headwater.v1.GatewayClock & headwater.v1.GatewayClock.$Shape;
        }

        namespace GatewayClock {

            /** Properties of a GatewayClock. */
            interface $Properties {

                /** GatewayClock gateway */
                gateway?: (string|null);

                /** GatewayClock promise */
                promise?: (number|Long|null);

                /** GatewayClock skew */
                skew?: (number|Long|null);

                /** GatewayClock markedAt */
                markedAt?: (number|Long|null);

                /** GatewayClock offline */
                offline?: (boolean|null);

                /** GatewayClock epoch */
                epoch?: (number|Long|null);

                /** GatewayClock skews */
                skews?: (headwater.v1.MinuteSkew.$Properties[]|null);

                /** GatewayClock heardAt */
                heardAt?: (number|Long|null);

                /** GatewayClock corrected */
                corrected?: (number|Long|null);

                /** GatewayClock straggling */
                straggling?: (boolean|null);

                /** GatewayClock outages */
                outages?: (headwater.v1.GatewayOutage.$Properties[]|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a GatewayClock. */
            type $Shape = headwater.v1.GatewayClock.$Properties;
        }

        /**
         * Properties of a GatewayOutage.
         * @deprecated Use headwater.v1.GatewayOutage.$Properties instead.
         */
        interface IGatewayOutage extends headwater.v1.GatewayOutage.$Properties {
        }

        /** Represents a GatewayOutage. */
        class GatewayOutage {

            /**
             * Constructs a new GatewayOutage.
             * @param [properties] Properties to set
             */
            constructor(properties?: headwater.v1.GatewayOutage.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** GatewayOutage from. */
            from: (number|Long);

            /** GatewayOutage to. */
            to: (number|Long);

            /** GatewayOutage begun. */
            begun: (number|Long);

            /** GatewayOutage ended. */
            ended: (number|Long);

            /**
             * Encodes the specified GatewayOutage message. Does not implicitly {@link headwater.v1.GatewayOutage.verify|verify} messages.
             * @param message GatewayOutage message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: headwater.v1.GatewayOutage.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a GatewayOutage message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {headwater.v1.GatewayOutage & headwater.v1.GatewayOutage.$Shape} GatewayOutage
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): headwater.v1.GatewayOutage & headwater.v1.GatewayOutage.$Shape;
        }

        namespace GatewayOutage {

            /** Properties of a GatewayOutage. */
            interface $Properties {

                /** GatewayOutage from */
                from?: (number|Long|null);

                /** GatewayOutage to */
                to?: (number|Long|null);

                /** GatewayOutage begun */
                begun?: (number|Long|null);

                /** GatewayOutage ended */
                ended?: (number|Long|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a GatewayOutage. */
            type $Shape = headwater.v1.GatewayOutage.$Properties;
        }

        /**
         * Properties of a MinuteSkew.
         * @deprecated Use headwater.v1.MinuteSkew.$Properties instead.
         */
        interface IMinuteSkew extends headwater.v1.MinuteSkew.$Properties {
        }

        /** Represents a MinuteSkew. */
        class MinuteSkew {

            /**
             * Constructs a new MinuteSkew.
             * @param [properties] Properties to set
             */
            constructor(properties?: headwater.v1.MinuteSkew.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** MinuteSkew minute. */
            minute: (number|Long);

            /** MinuteSkew skew. */
            skew: (number|Long);

            /**
             * Encodes the specified MinuteSkew message. Does not implicitly {@link headwater.v1.MinuteSkew.verify|verify} messages.
             * @param message MinuteSkew message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: headwater.v1.MinuteSkew.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a MinuteSkew message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {headwater.v1.MinuteSkew & headwater.v1.MinuteSkew.$Shape} MinuteSkew
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): headwater.v1.MinuteSkew & headwater.v1.MinuteSkew.$Shape;
        }

        namespace MinuteSkew {

            /** Properties of a MinuteSkew. */
            interface $Properties {

                /** MinuteSkew minute */
                minute?: (number|Long|null);

                /** MinuteSkew skew */
                skew?: (number|Long|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a MinuteSkew. */
            type $Shape = headwater.v1.MinuteSkew.$Properties;
        }

        /**
         * Properties of a SequenceSeen.
         * @deprecated Use headwater.v1.SequenceSeen.$Properties instead.
         */
        interface ISequenceSeen extends headwater.v1.SequenceSeen.$Properties {
        }

        /** Represents a SequenceSeen. */
        class SequenceSeen {

            /**
             * Constructs a new SequenceSeen.
             * @param [properties] Properties to set
             */
            constructor(properties?: headwater.v1.SequenceSeen.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** SequenceSeen gateway. */
            gateway: string;

            /** SequenceSeen epoch. */
            epoch: (number|Long);

            /** SequenceSeen n. */
            n: (number|Long);

            /** SequenceSeen heardAt. */
            heardAt: (number|Long);

            /**
             * Encodes the specified SequenceSeen message. Does not implicitly {@link headwater.v1.SequenceSeen.verify|verify} messages.
             * @param message SequenceSeen message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: headwater.v1.SequenceSeen.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a SequenceSeen message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {headwater.v1.SequenceSeen & headwater.v1.SequenceSeen.$Shape} SequenceSeen
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): headwater.v1.SequenceSeen & headwater.v1.SequenceSeen.$Shape;
        }

        namespace SequenceSeen {

            /** Properties of a SequenceSeen. */
            interface $Properties {

                /** SequenceSeen gateway */
                gateway?: (string|null);

                /** SequenceSeen epoch */
                epoch?: (number|Long|null);

                /** SequenceSeen n */
                n?: (number|Long|null);

                /** SequenceSeen heardAt */
                heardAt?: (number|Long|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a SequenceSeen. */
            type $Shape = headwater.v1.SequenceSeen.$Properties;
        }

        /**
         * Properties of a TelemetryRecord.
         * @deprecated Use headwater.v1.TelemetryRecord.$Properties instead.
         */
        interface ITelemetryRecord extends headwater.v1.TelemetryRecord.$Properties {
        }

        /** Represents a TelemetryRecord. */
        class TelemetryRecord {

            /**
             * Constructs a new TelemetryRecord.
             * @param [properties] Properties to set
             */
            constructor(properties?: headwater.v1.TelemetryRecord.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** TelemetryRecord gateway. */
            gateway: string;

            /** TelemetryRecord epoch. */
            epoch: (number|Long);

            /** TelemetryRecord n. */
            n: (number|Long);

            /** TelemetryRecord receivedAt. */
            receivedAt: (number|Long);

            /** TelemetryRecord device. */
            device: string;

            /** TelemetryRecord eventTime. */
            eventTime: (number|Long);

            /** TelemetryRecord readings. */
            readings: headwater.v1.Reading.$Properties[];

            /** TelemetryRecord attributes. */
            attributes: { [k: string]: string };

            /** TelemetryRecord derived. */
            derived?: (headwater.v1.Derivation.$Properties|null);

            /** TelemetryRecord mark. */
            mark?: (headwater.v1.Mark.$Properties|null);

            /** TelemetryRecord tick. */
            tick?: (headwater.v1.Tick.$Properties|null);

            /** TelemetryRecord gap. */
            gap?: (headwater.v1.Gap.$Properties|null);

            /** TelemetryRecord incarnation. */
            incarnation: number;

            /** TelemetryRecord redrive. */
            redrive?: (headwater.v1.Redrive.$Properties|null);

            /**
             * Encodes the specified TelemetryRecord message. Does not implicitly {@link headwater.v1.TelemetryRecord.verify|verify} messages.
             * @param message TelemetryRecord message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: headwater.v1.TelemetryRecord.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a TelemetryRecord message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {headwater.v1.TelemetryRecord & headwater.v1.TelemetryRecord.$Shape} TelemetryRecord
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): headwater.v1.TelemetryRecord & headwater.v1.TelemetryRecord.$Shape;
        }

        namespace TelemetryRecord {

            /** Properties of a TelemetryRecord. */
            interface $Properties {

                /** TelemetryRecord gateway */
                gateway?: (string|null);

                /** TelemetryRecord epoch */
                epoch?: (number|Long|null);

                /** TelemetryRecord n */
                n?: (number|Long|null);

                /** TelemetryRecord receivedAt */
                receivedAt?: (number|Long|null);

                /** TelemetryRecord device */
                device?: (string|null);

                /** TelemetryRecord eventTime */
                eventTime?: (number|Long|null);

                /** TelemetryRecord readings */
                readings?: (headwater.v1.Reading.$Properties[]|null);

                /** TelemetryRecord attributes */
                attributes?: ({ [k: string]: string }|null);

                /** TelemetryRecord derived */
                derived?: (headwater.v1.Derivation.$Properties|null);

                /** TelemetryRecord mark */
                mark?: (headwater.v1.Mark.$Properties|null);

                /** TelemetryRecord tick */
                tick?: (headwater.v1.Tick.$Properties|null);

                /** TelemetryRecord gap */
                gap?: (headwater.v1.Gap.$Properties|null);

                /** TelemetryRecord incarnation */
                incarnation?: (number|null);

                /** TelemetryRecord redrive */
                redrive?: (headwater.v1.Redrive.$Properties|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a TelemetryRecord. */
            type $Shape = {
              gateway?: string|null;
              epoch?: number|Long|null;
              n?: number|Long|null;
              receivedAt?: number|Long|null;
              device?: string|null;
              eventTime?: number|Long|null;
              readings?: headwater.v1.Reading.$Shape[]|null;
              attributes?: { [k: string]: string }|null;
              derived?: headwater.v1.Derivation.$Shape|null;
              mark?: headwater.v1.Mark.$Shape|null;
              tick?: headwater.v1.Tick.$Shape|null;
              gap?: headwater.v1.Gap.$Shape|null;
              incarnation?: number|null;
              redrive?: headwater.v1.Redrive.$Shape|null;
              $unknowns?: Uint8Array[];
            };
        }

        /**
         * Properties of a Redrive.
         * @deprecated Use headwater.v1.Redrive.$Properties instead.
         */
        interface IRedrive extends headwater.v1.Redrive.$Properties {
        }

        /** Represents a Redrive. */
        class Redrive {

            /**
             * Constructs a new Redrive.
             * @param [properties] Properties to set
             */
            constructor(properties?: headwater.v1.Redrive.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Redrive entry. */
            entry: string;

            /** Redrive attempt. */
            attempt: number;

            /**
             * Encodes the specified Redrive message. Does not implicitly {@link headwater.v1.Redrive.verify|verify} messages.
             * @param message Redrive message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: headwater.v1.Redrive.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Redrive message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {headwater.v1.Redrive & headwater.v1.Redrive.$Shape} Redrive
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): headwater.v1.Redrive & headwater.v1.Redrive.$Shape;
        }

        namespace Redrive {

            /** Properties of a Redrive. */
            interface $Properties {

                /** Redrive entry */
                entry?: (string|null);

                /** Redrive attempt */
                attempt?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Redrive. */
            type $Shape = headwater.v1.Redrive.$Properties;
        }

        /**
         * Properties of a Reading.
         * @deprecated Use headwater.v1.Reading.$Properties instead.
         */
        interface IReading extends headwater.v1.Reading.$Properties {
        }

        /** Represents a Reading. */
        class Reading {

            /**
             * Constructs a new Reading.
             * @param [properties] Properties to set
             */
            constructor(properties?: headwater.v1.Reading.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Reading metric. */
            metric: string;

            /** Reading number. */
            number?: (number|null);

            /** Reading boolean. */
            boolean?: (boolean|null);

            /** Reading text. */
            text?: (string|null);

            /** Reading unit. */
            unit: string;

            /** Reading timeDelta. */
            timeDelta: (number|Long);

            /** Reading value. */
            value?: ("number"|"boolean"|"text");

            /**
             * Encodes the specified Reading message. Does not implicitly {@link headwater.v1.Reading.verify|verify} messages.
             * @param message Reading message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: headwater.v1.Reading.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Reading message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {headwater.v1.Reading & headwater.v1.Reading.$Shape} Reading
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): headwater.v1.Reading & headwater.v1.Reading.$Shape;
        }

        namespace Reading {

            /** Properties of a Reading. */
            interface $Properties {

                /** Reading metric */
                metric?: (string|null);

                /** Reading number */
                number?: (number|null);

                /** Reading boolean */
                boolean?: (boolean|null);

                /** Reading text */
                text?: (string|null);

                /** Reading unit */
                unit?: (string|null);

                /** Reading timeDelta */
                timeDelta?: (number|Long|null);

                /** Reading value */
                value?: ("number"|"boolean"|"text");

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Narrowed shape of a Reading. */
            type $Shape = {
              metric?: string|null;
              number?: number|null;
              boolean?: boolean|null;
              text?: string|null;
              unit?: string|null;
              timeDelta?: number|Long|null;
              $unknowns?: Uint8Array[];
            } & (
              ({ value?: undefined; number?: null; boolean?: null; text?: null }|{ value?: "number"; number: number; boolean?: null; text?: null }|{ value?: "boolean"; number?: null; boolean: boolean; text?: null }|{ value?: "text"; number?: null; boolean?: null; text: string })
            );
        }

        /**
         * Properties of a Derivation.
         * @deprecated Use headwater.v1.Derivation.$Properties instead.
         */
        interface IDerivation extends headwater.v1.Derivation.$Properties {
        }

        /** Represents a Derivation. */
        class Derivation {

            /**
             * Constructs a new Derivation.
             * @param [properties] Properties to set
             */
            constructor(properties?: headwater.v1.Derivation.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Derivation rule. */
            rule: string;

            /** Derivation revision. */
            revision: number;

            /** Derivation sourceGateway. */
            sourceGateway: string;

            /** Derivation sourceEpoch. */
            sourceEpoch: (number|Long);

            /** Derivation sourcePartition. */
            sourcePartition: number;

            /** Derivation sourceN. */
            sourceN: (number|Long);

            /** Derivation causeOffset. */
            causeOffset: (number|Long);

            /** Derivation ordinal. */
            ordinal: number;

            /**
             * Encodes the specified Derivation message. Does not implicitly {@link headwater.v1.Derivation.verify|verify} messages.
             * @param message Derivation message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: headwater.v1.Derivation.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Derivation message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {headwater.v1.Derivation & headwater.v1.Derivation.$Shape} Derivation
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): headwater.v1.Derivation & headwater.v1.Derivation.$Shape;
        }

        namespace Derivation {

            /** Properties of a Derivation. */
            interface $Properties {

                /** Derivation rule */
                rule?: (string|null);

                /** Derivation revision */
                revision?: (number|null);

                /** Derivation sourceGateway */
                sourceGateway?: (string|null);

                /** Derivation sourceEpoch */
                sourceEpoch?: (number|Long|null);

                /** Derivation sourcePartition */
                sourcePartition?: (number|null);

                /** Derivation sourceN */
                sourceN?: (number|Long|null);

                /** Derivation causeOffset */
                causeOffset?: (number|Long|null);

                /** Derivation ordinal */
                ordinal?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Derivation. */
            type $Shape = headwater.v1.Derivation.$Properties;
        }

        /**
         * Properties of a Mark.
         * @deprecated Use headwater.v1.Mark.$Properties instead.
         */
        interface IMark extends headwater.v1.Mark.$Properties {
        }

        /** Represents a Mark. */
        class Mark {

            /**
             * Constructs a new Mark.
             * @param [properties] Properties to set
             */
            constructor(properties?: headwater.v1.Mark.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Mark received. */
            received: (number|Long);

            /** Mark dropped. */
            dropped: (number|Long);

            /** Mark drops. */
            drops: headwater.v1.DropCount.$Properties[];

            /** Mark forwardedAt. */
            forwardedAt: (number|Long);

            /**
             * Encodes the specified Mark message. Does not implicitly {@link headwater.v1.Mark.verify|verify} messages.
             * @param message Mark message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: headwater.v1.Mark.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Mark message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {headwater.v1.Mark & headwater.v1.Mark.$Shape} Mark
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): headwater.v1.Mark & headwater.v1.Mark.$Shape;
        }

        namespace Mark {

            /** Properties of a Mark. */
            interface $Properties {

                /** Mark received */
                received?: (number|Long|null);

                /** Mark dropped */
                dropped?: (number|Long|null);

                /** Mark drops */
                drops?: (headwater.v1.DropCount.$Properties[]|null);

                /** Mark forwardedAt */
                forwardedAt?: (number|Long|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Mark. */
            type $Shape = headwater.v1.Mark.$Properties;
        }

        /**
         * Properties of a DropCount.
         * @deprecated Use headwater.v1.DropCount.$Properties instead.
         */
        interface IDropCount extends headwater.v1.DropCount.$Properties {
        }

        /** Represents a DropCount. */
        class DropCount {

            /**
             * Constructs a new DropCount.
             * @param [properties] Properties to set
             */
            constructor(properties?: headwater.v1.DropCount.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** DropCount reason. */
            reason: string;

            /** DropCount count. */
            count: (number|Long);

            /**
             * Encodes the specified DropCount message. Does not implicitly {@link headwater.v1.DropCount.verify|verify} messages.
             * @param message DropCount message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: headwater.v1.DropCount.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a DropCount message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {headwater.v1.DropCount & headwater.v1.DropCount.$Shape} DropCount
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): headwater.v1.DropCount & headwater.v1.DropCount.$Shape;
        }

        namespace DropCount {

            /** Properties of a DropCount. */
            interface $Properties {

                /** DropCount reason */
                reason?: (string|null);

                /** DropCount count */
                count?: (number|Long|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a DropCount. */
            type $Shape = headwater.v1.DropCount.$Properties;
        }

        /**
         * Properties of a Tick.
         * @deprecated Use headwater.v1.Tick.$Properties instead.
         */
        interface ITick extends headwater.v1.Tick.$Properties {
        }

        /** Represents a Tick. */
        class Tick {

            /**
             * Constructs a new Tick.
             * @param [properties] Properties to set
             */
            constructor(properties?: headwater.v1.Tick.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Tick ownerEpoch. */
            ownerEpoch: (number|Long);

            /**
             * Encodes the specified Tick message. Does not implicitly {@link headwater.v1.Tick.verify|verify} messages.
             * @param message Tick message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: headwater.v1.Tick.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Tick message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {headwater.v1.Tick & headwater.v1.Tick.$Shape} Tick
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): headwater.v1.Tick & headwater.v1.Tick.$Shape;
        }

        namespace Tick {

            /** Properties of a Tick. */
            interface $Properties {

                /** Tick ownerEpoch */
                ownerEpoch?: (number|Long|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Tick. */
            type $Shape = headwater.v1.Tick.$Properties;
        }

        /**
         * Properties of a Gap.
         * @deprecated Use headwater.v1.Gap.$Properties instead.
         */
        interface IGap extends headwater.v1.Gap.$Properties {
        }

        /** Represents a Gap. */
        class Gap {

            /**
             * Constructs a new Gap.
             * @param [properties] Properties to set
             */
            constructor(properties?: headwater.v1.Gap.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Gap fromN. */
            fromN: (number|Long);

            /** Gap toN. */
            toN: (number|Long);

            /** Gap reason. */
            reason: string;

            /** Gap dropped. */
            dropped?: (number|Long|null);

            /**
             * Encodes the specified Gap message. Does not implicitly {@link headwater.v1.Gap.verify|verify} messages.
             * @param message Gap message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: headwater.v1.Gap.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Gap message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {headwater.v1.Gap & headwater.v1.Gap.$Shape} Gap
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): headwater.v1.Gap & headwater.v1.Gap.$Shape;
        }

        namespace Gap {

            /** Properties of a Gap. */
            interface $Properties {

                /** Gap fromN */
                fromN?: (number|Long|null);

                /** Gap toN */
                toN?: (number|Long|null);

                /** Gap reason */
                reason?: (string|null);

                /** Gap dropped */
                dropped?: (number|Long|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Gap. */
            type $Shape = headwater.v1.Gap.$Properties;
        }
    }
}
