/** The MessagePack codec of Holdfast. */
export {};
