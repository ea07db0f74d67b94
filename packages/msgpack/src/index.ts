/**
 * MessagePack as the wire of Holdfast. Reading and writing are of its own, without a dependency: a
 * reader must hold the limits while it reads what a hostile peer sent.
 */
export {
  MSGPACK_SUBPROTOCOL,
  msgpackClientCodec,
  msgpackDurableClientCodec,
  msgpackServerCodec,
} from "./msgpack-codec.ts";
