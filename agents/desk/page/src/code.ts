/* 一案一码: CCCCCC-YYYY-D-NNNNNN-k, the check by ISO 7064 MOD 37,36 over the characters without hyphens (as
 * hub/domain/code.h). The number is one of those that the office's agent gave to this phone alone, so that a code is
 * made without a network and stands for one dispute. */
const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';

export function checkCharacter(text: string): string {
    let p = 36;
    for (const character of text.replace(/-/g, '')) {
        const sum = (p + ALPHABET.indexOf(character)) % 36;
        p = ((sum === 0 ? 36 : sum) * 2) % 37;
    }
    return ALPHABET[(37 - p) % 36] as string;
}

export function disputeCode(prefix: string, year: string, number: number): string {
    const body = `${prefix}-${year}-D-${String(number).padStart(6, '0')}`;
    return `${body}-${checkCharacter(body)}`;
}
