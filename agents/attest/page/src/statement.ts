/* A zero report before it is confirmed: what it would say of which units. The same rules as the agent's
 * (agents/attest/attest_statement.c), which judges again. */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import type { Basis, Period, Unit } from './api';

export const attestable = (units: Unit[]): Unit[] => units.filter((unit) => !unit.broken);

/* Whether one sentence covers the whole subtree: every unit of it is owed whole, none is broken, the registers were
 * checked. Else the units are named. */
export function coversSubtree(period: Period, units: Unit[], basis: Basis | ''): boolean {
    return basis === 'REGISTER_CHECKED' && units.length > 0 && units.length === (period.units ?? 0) &&
        units.every((unit) => !unit.broken && unit.fromDay === period.fromDay && unit.toDay === period.toDay);
}

/* What was on the screen, for the agent to compare: a line for each unit that is attested, in the order shown. */
export function shownDigest(units: Unit[]): string {
    return bytesToHex(sha256(utf8ToBytes(attestable(units).map((unit) => `${unit.unit} ${unit.fromDay} ${unit.toDay}\n`).join(''))));
}

/* A role code: no name has its form in Chinese, and none is asked for. */
export const ROLE_MAX = 64;
export const isRole = (text: string): boolean => /^[A-Z][A-Z0-9_-]*$/.test(text) && text.length >= 2 && text.length <= ROLE_MAX;

/* 'left' 0 is the last day. */
export function timeLeft(period: Period): { overdue: boolean; days: number } {
    const days = period.daysLeft ?? 0;
    return { overdue: days < 0, days: Math.abs(days) };
}

/* Days of a period that is closed, both included; for reading. */
export function daysOf(fromDay: string, toDay: string): number {
    return Math.round((Date.parse(toDay) - Date.parse(fromDay)) / 86400000) + 1;
}

export const PAGE = 50;

export function found(units: Unit[], text: string): Unit[] {
    const wanted = text.trim();
    return wanted === '' ? units : units.filter((unit) => unit.unit.startsWith(wanted) || (unit.name ?? '').includes(wanted));
}
