/* RFC 7396 JSON merge patch. The result shares what did not change with `target`, which stays as it is. */
export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

function isObject(value: unknown): value is { [name: string]: Json } {
    return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function mergePatch(target: Json | undefined, patch: Json): Json {
    if (!isObject(patch)) return patch;
    const result: { [name: string]: Json } = isObject(target) ? { ...target } : {};
    for (const [name, value] of Object.entries(patch))
        if (value === null) delete result[name];
        else result[name] = mergePatch(result[name], value);
    return result;
}
