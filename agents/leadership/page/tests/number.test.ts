// How figures are written.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addDays, compareParts, dateTime, dayOf, integer, monthDay, percent, signed, timeOn } from '../src/components/number';

test('thousands are parted by thin spaces, in strings beyond a double too', () => {
    assert.equal(integer(0), '0');
    assert.equal(integer(4707), '4\u2009707');
    assert.equal(integer('18446744073709551615'), '18\u2009446\u2009744\u2009073\u2009709\u2009551\u2009615');
    assert.equal(integer(-12), '−12');
});

test('percentages are as the server rounded them; only all and none are shortened', () => {
    assert.equal(percent('99.98'), '99.98%');
    assert.equal(percent('100.00'), '100%');
    assert.equal(percent('0.00'), '0%');
    assert.equal(percent('10.00'), '10.00%');
    assert.equal(signed('-35.7'), '−35.7');
    assert.equal(signed('+21.4'), '+21.4');
});

test('days and times are the county’s', () => {
    assert.equal(dateTime('2020-08-18T16:00:00Z'), '2020-08-19 00:00:00');
    assert.equal(timeOn('2020-08-19T01:41:07Z', '2020-08-19'), '09:41:07');
    assert.equal(timeOn('2020-03-05T09:30:00Z', '2020-08-19'), '03-05 17:30');
    assert.equal(dateTime(''), '');
    assert.equal(monthDay('2020-08-19', 2020), '08-19');
    assert.equal(monthDay('2019-08-19', 2020), '2019-08-19');
    assert.equal(addDays('2020-02-28', 2), '2020-03-01');
    assert.equal(dayOf(18475), '2020-08-01');
    assert.equal(dayOf(0), '');
});

test('parts are ordered without dividing', () => {
    assert.ok(compareParts(1, 3, 1, 2) < 0);
    assert.equal(compareParts(2, 4, 1, 2), 0);
});
