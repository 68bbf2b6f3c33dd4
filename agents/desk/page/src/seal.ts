/* libsodium's sealed box (crypto_box_seal): an ephemeral X25519 key, XSalsa20-Poly1305 under a nonce of both public keys.
 * Only the office's secret key opens it; this phone cannot. The text is padded to one of a few lengths first, so that a
 * length says little. */
import { hsalsa, xsalsa20poly1305 } from '@noble/ciphers/salsa';
import { x25519 } from '@noble/curves/ed25519';
import { blake2b } from '@noble/hashes/blake2';

/* The contract takes 16 KiB of ciphertext; a sealed box adds 48 bytes. */
const CLASSES = [512, 1024, 2048, 4096, 8192, 16000];
export const SEALED_TEXT_MAX = (CLASSES[CLASSES.length - 1] as number) - 1;

const words = (bytes: Uint8Array): Uint32Array => new Uint32Array(bytes.slice().buffer);
const SIGMA = words(new TextEncoder().encode('expand 32-byte k'));

export function bytesOf(base64: string): Uint8Array {
    return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
}

export function base64Of(bytes: Uint8Array): string {
    let text = '';
    for (const byte of bytes) text += String.fromCharCode(byte);
    return btoa(text);
}

/* ISO/IEC 7816-4, as sodium_unpad undoes it. null: too long. */
export function padded(text: string): Uint8Array | null {
    const bytes = new TextEncoder().encode(text);
    const size = CLASSES.find((one) => one > bytes.length);
    if (size === undefined) return null;
    const whole = new Uint8Array(size);
    whole.set(bytes);
    whole[bytes.length] = 0x80;
    return whole;
}

export function seal(message: Uint8Array, publicKey: Uint8Array, secret = x25519.utils.randomPrivateKey()): Uint8Array {
    const own = x25519.getPublicKey(secret);
    const key = new Uint32Array(8);
    hsalsa(SIGMA, words(x25519.getSharedSecret(secret, publicKey)), new Uint32Array(4), key);
    const both = new Uint8Array(64);
    both.set(own);
    both.set(publicKey, 32);
    const box = xsalsa20poly1305(new Uint8Array(key.buffer), blake2b(both, { dkLen: 24 })).encrypt(message);
    const sealed = new Uint8Array(own.length + box.length);
    sealed.set(own);
    sealed.set(box, own.length);
    return sealed;
}
