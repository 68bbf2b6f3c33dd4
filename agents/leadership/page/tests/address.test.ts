// What an address promises: it is the whole state; what cannot be is left out and named, what is unknown is ignored.
import assert from 'node:assert/strict';
import { test } from 'node:test';

Object.assign(globalThis, { location: { pathname: '/units/140322102203', search: '?at=2020-08-19&known=end&sort=coverage' } });
const { address, href, parse } = await import('../src/address');

test('each view has its path', () => {
    const view = (path: string) => parse(path, '').view;
    assert.deepEqual(view('/'), { name: 'overview' });
    assert.deepEqual(view('/units/'), { name: 'units' });
    assert.deepEqual(view('/units/140322102203'), { name: 'unit', code: '140322102203' });
    assert.deepEqual(view('/in-hand'), { name: 'in-hand', part: 'hazards' });
    assert.deepEqual(view('/in-hand/campaigns'), { name: 'in-hand', part: 'campaigns' });
    assert.deepEqual(view('/matters/140322-2020-P-000004-D'), { name: 'matter', matter: '140322-2020-P-000004-D' });
    assert.deepEqual(view('/compare/article'), { name: 'compare', article: true });
    assert.deepEqual(view('/events/184203'), { name: 'event', position: '184203' });
    assert.deepEqual(view('/lists/silent'), { name: 'list', list: 'silent' });
    for (const path of ['/nowhere', '/events/0', '/events/x', '/lists/medals', '/in-hand/scores', '/units/1/2', '/units/%E0%A4%A'])
        if (path !== '/units/%E0%A4%A') assert.deepEqual(view(path), { name: 'unknown' }, path);
        else assert.equal(view(path).name, 'unit', 'a broken escape is a code that no unit has');
});

test('a moment is a day, a position or a time; nothing of them is live', () => {
    assert.equal(parse('/', '').past, false);
    assert.equal(parse('/', '?at=2020-08-19').past, true);
    assert.equal(parse('/', '?known=184203').known, '184203');
    assert.equal(parse('/', '?known=2020-08-19T09:41:07%2B08:00').known, '2020-08-19T09:41:07+08:00');
    assert.equal(parse('/', '?known=now').past, false);
    assert.equal(parse('/', '?known=now&at=2020-08-19').past, true);
});

test('a value that cannot be is left out and named; an unknown key is no fault', () => {
    const wrong = parse('/', '?at=2020-02-30&known=yesterday&unit=<b>&lang=fr&why=a/b&colour=red');
    assert.deepEqual([wrong.at, wrong.known, wrong.unit, wrong.why, wrong.past], ['', '', '', '', false]);
    assert.deepEqual(wrong.faults.map((fault) => fault.key).sort(), ['at', 'known', 'lang', 'unit', 'why']);
    assert.deepEqual(parse('/', '?at=2020-02-29&colour=red').faults, []);
});

test('moment and unit go along to another view, what belongs to one view stays there', () => {
    assert.equal(href({ path: '/' }), '/?at=2020-08-19&known=end');
    assert.equal(href({ keys: { why: 'hazards.found' } }), '/units/140322102203?at=2020-08-19&known=end&sort=coverage&why=hazards.found');
    assert.equal(href({ path: '/', keys: { at: null, known: null } }), '/');
    address.value = parse('/', '?known=2020-08-19T09:41:07%2B08:00');
    assert.equal(parse('/', href({ path: '/' }).slice(1)).known, '2020-08-19T09:41:07+08:00', 'what is written can be read again');
});
