global using Commerce.Testing;
