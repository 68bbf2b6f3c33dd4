export function Events() {
    return <p class="card" />;
}
