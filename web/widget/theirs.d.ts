// What web/chat/widget.py puts before the modules.
export const CSS: string;
export const SCRIPT: HTMLScriptElement | null;
export const T: any;
