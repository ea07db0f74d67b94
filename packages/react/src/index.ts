/** React hooks of Holdfast. */
export {};
