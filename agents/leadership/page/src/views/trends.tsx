export function Trends() {
    return <p class="card" />;
}
