export function List() {
    return <p class="card" />;
}
