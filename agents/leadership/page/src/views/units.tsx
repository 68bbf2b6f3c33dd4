export function Units() {
    return <p class="card" />;
}
