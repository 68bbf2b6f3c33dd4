export function Unit(_props: { code: string }) {
    return <p class="card" />;
}
